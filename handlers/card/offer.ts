import {
  accept,
  assignmentWords,
  bringWith,
  cannotTake,
  exclude,
  greyCard,
  invitationAtOnce,
  later,
  notify,
  on,
} from '#bot'
import type { Effect, Turn } from '#bot'

/** 邀请接待的卡片 offer@客服账号@客户@…：接待、稍等，或说明原因转给同事。 */
export default on('card/offer', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  const { status, rm: offeredTo } = turn.conversation
  if (status !== 'offered' || offeredTo !== rm) return [greyCard(rm, code, '已失效')]
  return answers[key]?.(turn, { rm, code }) ?? []
})

type Tap = { rm: string; code: string }
type CardTurn = Turn<'card/offer'>

/** 已停止接待的，请他先恢复；不是接待人员的，另找一位。规则要求“转接时就邀请”的，趁机器人还能说话先邀请。 */
const take = (turn: CardTurn, { rm, code }: Tap): Effect[] => {
  const refused = cannotTake(turn, { rm, code })
  if (refused) return turn.barrierTo(rm)?.why === 'stopped' ? refused : [...bringWith(turn, turn.route()), ...refused]
  const decision = turn.routeTo(rm, '接受邀请')
  return [
    ...invitationAtOnce(turn, { ...decision, rule: turn.conversation.rule }),
    accept(assignmentWords(turn, decision, { kind: 'route' })),
    greyCard(rm, code, '已接待'),
  ]
}

const pass =
  (reason: string) =>
  (turn: CardTurn, { rm, code }: Tap): Effect[] => [
    exclude(rm, reason),
    ...bringWith(turn, turn.route({ excluded: { [rm]: reason } })),
    greyCard(rm, code, '已转给同事'),
  ]

const answers: Record<string, (turn: CardTurn, tap: Tap) => Effect[]> = {
  accept: take,
  decline_busy: pass('declined-busy'),
  decline_unfit: pass('declined-unfit'),
  // 卡片留着还能点，所以不变灰。
  snooze: (turn, { rm }) => [
    later('clock/offer_over', new Date(turn.now.getTime() + 60_000), { rm }),
    notify(rm, turn.tell('manager.snoozed', {})),
  ],
}
