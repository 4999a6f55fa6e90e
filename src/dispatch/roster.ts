import type { Roster, RosterRm } from '../routing/model.ts'
import type { Changes } from './changes.ts'

/**
 * The roster as this process last read it. Loads move with our own commits; what others do shows at the next reading or as
 * a conflict when a claim finds the RM full: a stale roster costs a second look, never a wrong owner.
 */
export const createRosterCache = (read: () => Promise<Roster>, monotonic: () => number, maxAgeMs = 500) => {
  let cached: { roster: Roster; at: number } | null = null
  let reading: Promise<Roster> | null = null

  const fresh = (): Promise<Roster> => {
    reading ??= read()
      .then((roster) => {
        cached = { roster, at: monotonic() }
        return roster
      })
      .finally(() => {
        reading = null
      })
    return reading
  }

  return {
    fresh,
    recent: async (): Promise<{ roster: Roster; isFresh: boolean }> => {
      if (cached && monotonic() - cached.at < maxAgeMs) return { roster: cached.roster, isFresh: false }
      return { roster: await fresh(), isFresh: true }
    },
    /** Our own commit moved a load: the next decision in this process sees it. */
    moved: ({ claim, release }: Changes, now: Date): void => {
      if (!cached) return
      const { roster } = cached
      if (claim) change(roster, claim.rm, (rm) => ({ ...rm, load: rm.load + claim.units, lastAssignedAt: now }))
      if (release) change(roster, release.rm, (rm) => ({ ...rm, load: Math.max(0, rm.load - release.units) }))
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
