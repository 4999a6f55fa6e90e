import { finishTask, greyCard, isOutcome, notify, on, outcomes, passTask, snoozeTask } from '#bot'
import type { Effect, Turn } from '#bot'

const hour = 3_600_000

/** 待办提醒卡片 task@待办编号@…：选好处理结果点完成、过一小时再提醒，或转给代班同事。点旧卡片只说明情况。 */
export default on('card/task', (turn) => {
  const { event, task } = turn
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = event
  if (!task) return [greyCard(rm, code, '已失效')]
  if (task.state !== 'open') return [greyCard(rm, code, task.state === 'done' ? '此前已完成' : '已取消')]
  if (task.rm !== rm && task.deputy !== rm) return [greyCard(rm, code, '已转给同事')]
  return answers[key]?.(turn, { id: task.id, deputy: task.deputy, rm, code }) ?? []
})

type Tap = { id: string; deputy: string | null; rm: string; code: string }
type CardTurn = Turn<'card/task'>

const answers: Record<string, (turn: CardTurn, tap: Tap) => Effect[]> = {
  done: ({ event }, { id, rm, code }) => {
    const chosen = event.SelectedItems.find((item) => item.QuestionKey === 'outcome')?.OptionIds[0] ?? ''
    const outcome = isOutcome(chosen) ? chosen : 'contacted'
    return [finishTask(id, { outcome, by: rm }), greyCard(rm, code, `已完成：${outcomes[outcome]}`)]
  },
  snooze: ({ now }, { id, rm, code }) => [
    snoozeTask(id, new Date(now.getTime() + hour)),
    greyCard(rm, code, '一小时后再提醒'),
  ],
  pass: (turn, { id, deputy, rm, code }) => {
    if (!deputy) return [greyCard(rm, code, '没有代班同事')]
    const { name } = turn.manager(deputy)
    // 卡片留着：他还要用它办这件事。
    if (turn.task?.deputyIsFull) return [notify(rm, turn.tell('manager.deputy_is_full', { manager: name }))]
    return [passTask(id, { to: deputy, by: rm }), greyCard(rm, code, `已转给${name}`)]
  },
}
