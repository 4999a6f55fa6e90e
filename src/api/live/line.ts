import type { Log } from '../../store/log.ts'
import type { Db } from '../../store/open.ts'
import type { Shared } from '../../store/shared.ts'
import { advance, forgetOldGaps, startAt, type LivePosition } from './position.ts'
import { readLiveRows, readNewestIds, type LiveRow } from './row.ts'

/** A row and where the line stands after it. */
export type LiveEvent = { row: LiveRow; position: LivePosition }
export type LineDeps = { db: Db; shared: Shared; now: () => Date; log: Log; pollMs?: number }
export type Line = { position(): LivePosition; stop(): void }

/** Few enough that whoever reads keeps up with what is told at once. */
const batch = 100

/**
 * Reads the ledger as it grows, from now on, until stopped: woken by the channel `live`, and by a poll since a
 * wake-up may be lost. Rejects when the database does not answer at the start; later it tries again with the next
 * poll.
 */
export const openLine = async (deps: LineDeps, tell: (event: LiveEvent) => void): Promise<Line> => {
  const { db, shared, now, log, pollMs = 1000 } = deps
  let here = await readStart(db, now().getTime())
  let open = true
  let reading = false
  let rung = false

  /** True when there may be more at once. */
  const readBatch = async (): Promise<boolean> => {
    here = forgetOldGaps(here, now().getTime())
    const rows = await readLiveRows(db, { after: here.last, among: [...here.missing.keys()], limit: batch })
    for (const row of open ? rows : []) {
      here = advance(here, BigInt(row.id), now().getTime())
      tell({ row, position: here })
    }
    return rows.length === batch
  }

  const readOn = async (): Promise<void> => {
    if (reading) return
    reading = true
    try {
      while (open && rung) rung = await readBatchAfterRing()
    } catch (error) {
      log.warn(
        { code: String((error as { code?: unknown }).code ?? '') },
        'the live line could not read the ledger; it tries again',
      )
    } finally {
      reading = false
    }
  }

  const readBatchAfterRing = async (): Promise<boolean> => {
    rung = false
    const more = await readBatch()
    return more || rung
  }

  const wake = (): void => {
    rung = true
    void readOn()
  }
  const timer = setInterval(wake, pollMs)
  const deafen = shared.subscribe('live', wake)
  const stop = (): void => {
    open = false
    clearInterval(timer)
    deafen()
  }
  return { position: () => here, stop }
}

/** After the newest row, with the ids just before it that are still under way. */
const readStart = async (db: Db, now: number): Promise<LivePosition> => {
  const [first, ...others] = await readNewestIds(db)
  return others.reduce((position, id) => advance(position, id, now), startAt(first ?? 0n))
}
