import { isFull, isServicer, obstacle, outOfReach } from '../../routing/eligible.ts'
import type { RosterRm } from '../../routing/model.ts'
import { withPerson } from '../../routing/question.ts'
import { commonDemand, mayRelay } from '../../routing/walk.ts'
import type { TurnGround } from './make-turn.ts'
import { questionIn } from '../gather/question.ts'

/**
 * Why nobody's word can give an RM the conversation. `with_person`: he is reached through the bot only, and somebody has the
 * session in WeCom by now.
 */
export type Barrier = { why: 'unknown' | 'not_a_servicer' | 'with_person' | 'stopped'; words: string }

/** Named by a person, but no servicer of this account: he is reached through the bot, if his pool allows and nobody has the session. */
export const byRelay = (ground: TurnGround, rm: RosterRm): boolean =>
  !isServicer(rm, ground.openKfId) && demandOf(ground).relays(rm)

/** What an explicit order cannot go over: it would be refused by WeCom. That he is full, away or closed is no barrier. */
export const barrierTo = (ground: TurnGround, userid: string): Barrier | null => {
  const rm = ground.roster.rms.get(userid)
  const reason = rm ? outOfReach(rm, demandOf(ground)) : 'unknown'
  return reason && { why: rm ? whyOf(ground, rm, reason) : 'unknown', words: words[reason] as string }
}

const whyOf = ({ active, conversation }: TurnGround, rm: RosterRm, reason: string): Barrier['why'] => {
  if (reason === 'not-receiving') return 'stopped'
  return withPerson(conversation) && mayRelay(active.rules, rm) ? 'with_person' : 'not_a_servicer'
}

/** Why a colleague named by hand could not take it now, in words. What he missed before does not count against him here. */
export const obstacleInWords = (ground: TurnGround, userid: string): string | null => {
  const rm = ground.roster.rms.get(userid)
  if (!rm) return words['unknown'] as string
  const { work } = ground.conversation
  const reason = obstacle(rm, { ...demandOf(ground), work, licences: [], open: true, mayExceed: false })
  return reason && (words[isFull(reason) ? 'full' : reason] ?? (words['other'] as string))
}

/** What this conversation asks of whoever a person names. */
const demandOf = ({ gathered, conversation, openKfId, active: { rules }, now }: TurnGround) => {
  const question = questionIn({ gathered, conversation: { ...conversation, excluded: {} }, openKfId, message: null })
  return commonDemand({ question, rules, rule: rules.fallback, units: conversation.units, now })
}

const words: Record<string, string> = {
  unknown: '不是客户经理',
  'not-a-servicer': '不是该客服账号的接待人员',
  'off-duty': '不在岗',
  'not-receiving': '已停止接待',
  'daily-cap': '今日新客户已满',
  full: '接待已满',
  other: '不能接待这位客户',
}
