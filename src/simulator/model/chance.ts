const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** All randomness of the simulator: the same seed gives the same run. */
export type Chance = {
  /** 0 up to, but never, 1. */
  next(): number
  /** A whole number from 0 to `below - 1`. */
  int(below: number): number
  /** True in `percent` of 100 cases. */
  percent(percent: number): boolean
  /** Opaque letters and digits. */
  text(length: number): string
  bytes(length: number): Buffer
}

/** sfc32, a small generator with 128 bits of state (Chris Doty-Humphrey, public domain description). */
const generator = (seed: number): (() => number) => {
  let [a, b, c, counter] = [seed >>> 0, 0x9e3779b9, 0x85ebca6b, 1]
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let warm = 0; warm < 12; warm += 1) step()
  return step
}

export const makeChance = (seed: number): Chance => {
  const step = generator(seed)
  const next = (): number => step() / 2 ** 32
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    percent: (percent) => next() * 100 < percent,
    text: (length) => Array.from({ length }, () => letters[int(letters.length)]).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(256))),
  }
}
