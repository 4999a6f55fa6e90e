import { openLine, type Line, type LineDeps, type LiveEvent } from './line.ts'
import { advance, type LivePosition } from './position.ts'
import { readMissed } from './row.ts'

type Listener = { hear(event: LiveEvent): void }
type Join = {
  /** Where the client stands; null: it wants what comes from now on. */
  from: LivePosition | null
  /** Called once, before anything is told: the line is open. */
  ready: () => void
  heard: (event: LiveEvent) => void
}

const batch = 100

/** The live line of this process: one reader for all who listen. It reads only while somebody does. */
export const createLiveTail = (deps: LineDeps) => {
  const listeners = new Set<Listener>()
  let line: Promise<Line> | null = null

  const tell = (event: LiveEvent): void => {
    for (const listener of [...listeners]) listener.hear(event)
  }

  const theLine = (): Promise<Line> => {
    line ??= openLine(deps, tell).catch((error: unknown) => {
      line = null
      throw error
    })
    return line
  }

  const leave = (listener: Listener): void => {
    if (!listeners.delete(listener) || listeners.size > 0) return
    const last = line
    line = null
    void last?.then(({ stop }) => stop()).catch(() => {})
  }

  /**
   * Tells of everything after `from`, once each and in the order of becoming visible. Resolves with the way to
   * stop, once what was missed has been told. Rejects when the database does not answer.
   */
  const join = async ({ from, ready, heard }: Join): Promise<() => void> => {
    const isNew = newFor(from)
    let waiting: LiveEvent[] | null = []
    const hear = (event: LiveEvent): void => {
      if (!isNew(event)) return
      if (waiting) waiting.push(event)
      else heard(event)
    }
    const listener = { hear }
    listeners.add(listener)
    try {
      const to = (await theLine()).position()
      // What was told until now lies before `to` and is read again below, or was before "from now on".
      waiting = []
      ready()
      if (from) await tellMissed({ from, to }, heard)
    } catch (error) {
      leave(listener)
      throw error
    }
    const late = waiting
    waiting = null
    for (const event of late) heard(event)
    return () => leave(listener)
  }

  const tellMissed = async (
    { from, to }: { from: LivePosition; to: LivePosition },
    heard: Join['heard'],
  ): Promise<void> => {
    let at = from
    for (;;) {
      const rows = await readMissed(deps.db, { from: at, to, limit: batch })
      for (const row of rows) {
        at = withGapsOf(advance(at, BigInt(row.id), deps.now().getTime()), { from, to })
        heard({ row, position: at })
      }
      if (rows.length < batch) return
    }
  }

  return { join }
}
export type LiveTail = ReturnType<typeof createLiveTail>

/** The line may lag behind the one of another process that the client comes from: it must not tell him twice. */
const newFor = (from: LivePosition | null) => {
  return ({ row }: LiveEvent): boolean =>
    from === null || BigInt(row.id) > from.last || from.missing.has(BigInt(row.id))
}

/** Of the gaps passed over while catching up only those are open that the line itself still waits for. */
const withGapsOf = (at: LivePosition, { from, to }: { from: LivePosition; to: LivePosition }): LivePosition => ({
  last: at.last,
  missing: new Map([...at.missing].filter(([id]) => id <= from.last || to.missing.has(id))),
})
