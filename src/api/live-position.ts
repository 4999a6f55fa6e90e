/**
 * How far the live line has been read. Ids are given out before a transaction commits, so a smaller one may become
 * visible after a larger one: the ids that were passed over are remembered in `missing` and looked for again for a
 * while. A rolled back transaction leaves such a gap for ever; hence `since` (milliseconds).
 */
export type LivePosition = { last: bigint; missing: ReadonlyMap<bigint, number> }

/** Gaps older than any transaction of ours can be (statements end after 30 s). */
const gapLife = 60_000
/** More than this are a jump of the sequence, not transactions under way; it also keeps the `id:` of an event short. */
const mostGaps = 500

export const startAt = (last: bigint): LivePosition => ({ last, missing: new Map() })

/** The position after a row was seen; the ids between the last one and it are missing from now on. */
export const advance = ({ last, missing }: LivePosition, id: bigint, now: number): LivePosition => {
  const still = new Map(missing)
  if (id <= last) {
    still.delete(id)
    return { last, missing: still }
  }
  const first = id - last > BigInt(mostGaps) ? id - BigInt(mostGaps) : last + 1n
  for (let gap = first; gap < id; gap += 1n) still.set(gap, now)
  return { last: id, missing: new Map([...still].slice(-mostGaps)) }
}

export const forgetOldGaps = ({ last, missing }: LivePosition, now: number): LivePosition => ({
  last,
  missing: new Map([...missing].filter(([, since]) => now - since < gapLife)),
})

/**
 * As the `id:` of a server-sent event: the last id and what was still missing then, so that a client resumes
 * exactly.
 */
export const formatPosition = ({ last, missing }: LivePosition): string =>
  missing.size === 0 ? String(last) : `${last}-${[...missing.keys()].join('.')}`

/** Reads a `Last-Event-ID`; null when it is none of ours. */
export const parsePosition = (text: string, now: number): LivePosition | null => {
  const parts = /^(\d{1,18})(?:-(\d{1,18}(?:\.\d{1,18}){0,499}))?$/.exec(text)
  if (!parts) return null
  const gaps = parts[2]?.split('.') ?? []
  return { last: BigInt(parts[1] ?? '0'), missing: new Map(gaps.map((gap) => [BigInt(gap), now])) }
}
