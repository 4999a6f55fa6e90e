import type { Waits } from './model.ts'

/** Waits until somebody was given, in milliseconds; null for those who never were. */
export function waitTally(): { add(wait: number | null): void; report(): Waits } {
  const waits: number[] = []
  let [atOnce, nobody] = [0, 0]
  return {
    add(wait) {
      if (wait === null) nobody += 1
      else if (wait === 0) atOnce += 1
      else waits.push(wait)
    },
    report() {
      waits.sort((a, b) => a - b)
      const at = (share: number) => secondsAt(waits, { skipped: atOnce, share })
      return { atOnce, waited: waits.length, nobody, medianSeconds: at(0.5), p90Seconds: at(0.9) }
    },
  }
}

/** The wait below which a share of all who were given lies; those who did not wait at all come first. */
function secondsAt(sorted: number[], { skipped, share }: { skipped: number; share: number }): number | null {
  const all = skipped + sorted.length
  if (all === 0) return null
  const place = Math.min(all - 1, Math.floor(all * share)) - skipped
  return place < 0 ? 0 : Math.round((sorted[place] ?? 0) / 1_000)
}
