import { isFull, isServicer, obstacle } from '../routing/eligible.ts'
import type { RosterRm } from '../routing/model.ts'
import { withPerson } from '../routing/question.ts'
import { commonDemand, mayRelay } from '../routing/walk.ts'
import type { TurnGround } from './make-turn.ts'
import { questionIn } from './question.ts'

/** Named by a person, but no servicer of this account: he is reached through the bot, if his pool allows and nobody has the session. */
export const byRelay = ({ conversation, openKfId, active }: TurnGround, rm: RosterRm): boolean =>
  !isServicer(rm, openKfId) && !withPerson(conversation) && mayRelay(active.rules, rm)

/** Why a colleague named by hand could not take it now, in words. What he missed before does not count against him here. */
export const obstacleInWords = (ground: TurnGround, userid: string): string | null => {
  const rm = ground.roster.rms.get(userid)
  if (!rm) return words['unknown'] as string
  const { gathered, conversation, openKfId, active, now } = ground
  const question = questionIn({ gathered, conversation: { ...conversation, excluded: {} }, openKfId, message: null })
  const { rules } = active
  const common = commonDemand({ question, rules, rule: rules.fallback, units: conversation.units, now })
  const demand = { ...common, work: conversation.work, licences: [], open: true, mayExceed: false }
  const reason = obstacle(rm, demand)
  return reason && (words[isFull(reason) ? 'full' : reason] ?? (words['other'] as string))
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
