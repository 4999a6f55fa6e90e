/**
 * How far the live line has been read. Ids are given out before a transaction commits, so a smaller one may become
 * visible after a larger one: the ids that were passed over are remembered in `missing` and looked for again for a
 * while. A rolled back transaction leaves such a gap for ever; hence `since` (milliseconds).
 */
export type LivePosition = { last: bigint; missing: ReadonlyMap<bigint, number> }

/** Gaps older than any transaction of ours can be (statements end after 30 s). */
const gapLife = 60_000
/** More than this are a jump of the sequence, not transactions under way: a request writes a thousand lines at most. */
const mostGaps = 4000
/** So many runs of them, the latest, fit into the `id:` of an event, which comes back as a header. */
const mostRuns = 500

export const startAt = (last: bigint): LivePosition => ({ last, missing: new Map() })

/** The position after a row was seen; the ids between the last one and it are missing from now on. */
export const advance = ({ last, missing }: LivePosition, id: bigint, now: number): LivePosition => {
  if (id === last + 1n) return { last: id, missing }
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
 * As the `id:` of a server-sent event: the last id and what was still missing then (`11` or `11~250`, the first of a run and how
 * many), so that a client resumes exactly.
 */
export const formatPosition = ({ last, missing }: LivePosition): string => {
  const runs = runsOf(missing).slice(-mostRuns)
  return [
    last,
    ...runs.map(({ first, count }, index) => `${index === 0 ? '-' : '.'}${first}${count > 1 ? `~${count}` : ''}`),
  ].join('')
}

type Run = { first: bigint; count: number }

const runsOf = (missing: LivePosition['missing']): Run[] => {
  const runs: Run[] = []
  let run: Run | undefined
  for (const id of missing.keys()) {
    if (run && id === run.first + BigInt(run.count)) run.count += 1
    else runs.push((run = { first: id, count: 1 }))
  }
  return runs
}

/** Reads a `Last-Event-ID`; null when it is none of ours. */
export const parsePosition = (text: string, now: number): LivePosition | null => {
  const parts = /^(\d{1,18})(?:-(\d{1,18}(?:~\d{1,4})?(?:\.\d{1,18}(?:~\d{1,4})?){0,499}))?$/.exec(text)
  if (!parts) return null
  const missing = (parts[2]?.split('.') ?? []).flatMap((run) => {
    const [first = '0', count = '1'] = run.split('~')
    return Array.from({ length: Number(count) }, (_, index) => BigInt(first) + BigInt(index))
  })
  if (missing.length > mostGaps) return null
  return { last: BigInt(parts[1] ?? '0'), missing: new Map(missing.map((gap) => [gap, now])) }
}
