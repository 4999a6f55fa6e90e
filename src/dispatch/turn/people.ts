import { inBranch } from '../../routing/members.ts'
import type { Roster, RosterRm } from '../../routing/model.ts'
import type { Manager } from './turn.ts'

/** Somebody who is not on the roster goes by his userid. */
export const managerOf = (roster: Roster, userid: string): Manager =>
  roster.rms.get(userid) ?? { userid, name: userid, branch: '' }

/** Who supervises this RM's branch; null when nobody is named. */
export const supervisorOf = (roster: Roster, userid: string): RosterRm | null => {
  const branch = roster.rms.get(userid)?.branch ?? ''
  const over = [...roster.rms.values()].filter(
    (rm) => rm.supervises && rm.userid !== userid && inBranch(branch, rm.supervises),
  )
  // The one who is closest: an exact branch before a whole territory.
  return over.sort((a, b) => (b.supervises?.length ?? 0) - (a.supervises?.length ?? 0))[0] ?? null
}

/** Those with the widest territory: whom matters of the whole bank are told. Empty when nobody supervises anything. */
export const overseersOf = (roster: Roster): RosterRm[] => {
  const over = [...roster.rms.values()].filter((rm) => rm.supervises)
  const widest = Math.min(...over.map(width))
  return over.filter((rm) => width(rm) === widest)
}

/** `shanghai/*` is wider than `shanghai`, and that than `shanghai/pudong`: how many branches lie above, and no star. */
const width = ({ supervises }: RosterRm): number => {
  const parts = (supervises ?? '').split('/')
  return parts.at(-1) === '*' ? (parts.length - 1) * 2 - 1 : parts.length * 2
}
