import type { Roster, RmStatus, RosterRm } from './model.ts'

/** The account of a dry run that names none. */
export const ANY_ACCOUNT = ''

const BEST: RmStatus[] = ['receiving', 'suspended', 'stopped', 'unknown']

/** The roster for a dry run that names no kf account: each RM counts with the best of his statuses, wherever he serves. */
export function atAnyAccount({ rms }: Roster): Roster {
  return { rms: new Map([...rms].map(([userid, rm]) => [userid, { ...rm, kf: bestOf(rm) }])) }
}

function bestOf({ kf }: RosterRm): RosterRm['kf'] {
  const best = BEST.find((status) => Object.values(kf).includes(status))
  return best ? { [ANY_ACCOUNT]: best } : {}
}
