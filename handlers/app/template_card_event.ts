import { accept, assignmentWords, attention, bringWith, exclude, greyCard, later, notify, on } from '#bot'
import type { Effect, Turn } from '#bot'

/** 客户经理点了卡片上的按钮。卡片只能用一次，点过就变灰并写明结果。 */
export default on('app/template_card_event', (turn) => {
  const { FromUserName: rm, EventKey: key, TaskId: task, ResponseCode: code } = turn.event
  if (task.startsWith('duty@')) return [attention(rm, 'forgiven'), greyCard(rm, code, '已恢复分配')]
  if (!task.startsWith('offer@')) return []
  const { status, rm: offeredTo } = turn.conversation
  if (status !== 'offered' || offeredTo !== rm) return [greyCard(rm, code, '已失效')]
  return answers[key]?.(turn, { rm, code }) ?? []
})

type Tap = { rm: string; code: string }
type CardTurn = Turn<'app/template_card_event'>

const take = (turn: CardTurn, { rm, code }: Tap): Effect[] => [
  accept(assignmentWords(turn, turn.routeTo(rm, '接受邀请'), { kind: 'route' })),
  greyCard(rm, code, '已接待'),
]

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
