import { withoutPiece, withPiece, type Piece } from '../../routing/in-hand.ts'
import type { Roster, RosterRm } from '../../routing/model.ts'
import type { Changes } from '../changes.ts'

/**
 * The roster as this process last read it. Loads move with our own commits; what others do shows at the next reading or as
 * a conflict when a claim finds the RM full: a stale roster costs a second look, never a wrong owner.
 */
export const createRosterCache = (read: () => Promise<Roster>, monotonic: () => number, maxAgeMs = 500) => {
  let cached: { roster: Roster; at: number } | null = null
  let reading: Promise<Roster> | null = null
  let next: Promise<Roster> | null = null

  const start = (): Promise<Roster> => {
    next = null
    reading = read()
      .then((roster) => {
        cached = { roster, at: monotonic() }
        return roster
      })
      .finally(() => {
        reading = null
      })
    return reading
  }
  /** Read after this moment: a reading that is under way began before it, so the next one is waited for, shared by all who ask. */
  const fresh = (): Promise<Roster> => {
    if (!reading) return start()
    next ??= reading.then(start, start)
    return next
  }

  let lastMoment = 0
  /** Of several who are chosen in one millisecond the first was chosen first. */
  const moment = (now: Date): Date => {
    lastMoment = Math.max(now.getTime(), lastMoment + 1)
    return new Date(lastMoment)
  }
  const take = (roster: Roster, { rm: userid, ...piece }: Piece & { rm: string }, now: Date): void =>
    change(roster, userid, (rm) => ({
      ...withPiece(rm, piece),
      lastAssignedAt: moment(now),
      recent: (rm.recent ?? 0) + 1,
    }))

  return {
    fresh,
    recent: async (): Promise<Roster> =>
      cached && monotonic() - cached.at < maxAgeMs ? cached.roster : (reading ?? start()),
    /**
     * Somebody was chosen by a turn that is not written yet: he counts as busier at once, or all turns of a moment would choose
     * the same RM. What comes back takes it back.
     */
    chosen: (piece: Piece & { rm: string }, now: Date): (() => void) => {
      const at = cached
      if (at) take(at.roster, piece, now)
      return () => {
        if (at && at === cached)
          change(at.roster, piece.rm, (rm) => ({
            ...withoutPiece(rm, piece),
            recent: Math.max(0, (rm.recent ?? 0) - 1),
          }))
      }
    },
    /** We are about to move a load: the next decision in this process sees it at once. */
    moved: ({ claim, release }: Changes, now: Date): void => {
      if (!cached) return
      const { roster } = cached
      if (claim) take(roster, claim, now)
      if (release) change(roster, release.rm, (rm) => withoutPiece(rm, release))
    },
    stale: (): void => {
      cached = null
    },
  }
}
/** An RM is replaced, never altered in place: the index keeps him where his load puts him. */
const change = ({ rms, index }: Roster, userid: string, changed: (rm: RosterRm) => RosterRm): void => {
  const rm = rms.get(userid)
  if (rm && index) index.set(changed(rm))
  else if (rm) Object.assign(rm, changed(rm))
}

export type RosterCache = ReturnType<typeof createRosterCache>
