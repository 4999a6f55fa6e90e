import { hash, share } from './hash.ts'
import type { RankRm, RosterRm } from './model.ts'

/** RMs kept in the order in which they would be taken. */
export type RankedRms = {
  size: number
  has(userid: string): boolean
  set(rm: RosterRm): void
  delete(userid: string): void
  /** All of them, the first choice first. RMs of equal rank are taken in turn from a place that `seed` alone decides. */
  inOrder(seed: string): Iterable<RosterRm>
}

type Entry = { rm: RosterRm; keys: number[]; weight: number | null; tie: number }

/** `distance` puts those who can hardly be taken now behind all others, so that whoever looks finds somebody at once. */
export function rankedRms(rms: RosterRm[], rank: RankRm, distance: (rm: RosterRm) => number): RankedRms {
  const entryOf = (rm: RosterRm): Entry => {
    const { keys, weight } = rank(rm)
    return { rm, keys: [distance(rm), ...keys], weight, tie: hash(rm.userid) }
  }
  const order = rms.map(entryOf).toSorted(compare)
  const entries = new Map(order.map((entry) => [entry.rm.userid, entry]))
  const remove = (userid: string) => {
    const entry = entries.get(userid)
    if (entry && entries.delete(userid)) order.splice(placeFor(order, entry), 1)
  }
  return {
    get size() {
      return order.length
    },
    has: (userid) => entries.has(userid),
    set(rm) {
      remove(rm.userid)
      const entry = entryOf(rm)
      entries.set(rm.userid, entry)
      order.splice(placeFor(order, entry), 0, entry)
    },
    delete: remove,
    inOrder: (seed) => taken(order, seed),
  }
}

/** The first place whose entry does not come before the given one. */
function placeFor(order: Entry[], entry: Entry): number {
  return boundary(0, order.length, (at) => compare(order[at], entry) < 0)
}

function* taken(order: Entry[], seed: string): Generator<RosterRm> {
  for (let from = 0; from < order.length;) {
    const end = endOfTies(order, from)
    yield* order[from]?.weight === null ? inTurn(order, { from, end, seed }) : byChance(order.slice(from, end), seed)
    from = end
  }
}

function endOfTies(order: Entry[], from: number): number {
  const first = order[from]
  if (compareKeys(first, order[from + 1]) !== 0) return from + 1
  return boundary(from, order.length, (at) => compareKeys(order[at], first) <= 0)
}

function* inTurn(
  order: Entry[],
  { from, end, seed }: { from: number; end: number; seed: string },
): Generator<RosterRm> {
  const length = end - from
  const start = length === 1 ? 0 : hash(seed) % length
  for (let offset = 0; offset < length; offset += 1) {
    const entry = order[from + ((start + offset) % length)]
    if (entry) yield entry.rm
  }
}

/** Exponential clocks: the first to ring is each RM with a probability in proportion to his weight. */
function* byChance(entries: Entry[], seed: string): Generator<RosterRm> {
  const clocks = entries.map(({ rm, weight }) => ({
    rm,
    at: -Math.log(1 - share(`${seed} ${rm.userid}`)) / (weight ?? 1),
  }))
  for (const { rm } of clocks.toSorted((a, b) => a.at - b.at)) yield rm
}

function compare(a: Entry | undefined, b: Entry): number {
  const byKeys = compareKeys(a, b)
  if (!a || byKeys !== 0) return byKeys
  if (a.tie !== b.tie) return a.tie - b.tie
  return a.rm.userid < b.rm.userid ? -1 : Number(a.rm.userid > b.rm.userid)
}

function compareKeys(a: Entry | undefined, b: Entry | undefined): number {
  if (!a || !b) return a === b ? 0 : 1
  for (let at = 0; at < a.keys.length; at += 1) {
    const [left = 0, right = 0] = [a.keys[at], b.keys[at]]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

/** The first place in [low, high) where `before` no longer holds. */
function boundary(low: number, high: number, before: (at: number) => boolean): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >> 1
    if (before(middle)) from = middle + 1
    else to = middle
  }
  return from
}
