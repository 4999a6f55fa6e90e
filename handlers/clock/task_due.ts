import { alarm, listGaps, on, passTask, sayDay, snoozeTask, soughtInVain, taskCard } from '#bot'
import type { Effect, Turn } from '#bot'

const halfAnHour = 30 * 60_000

/**
 * 待办到期：发卡片提醒。下班时间到期的，等到开门再提醒。负责人没上班时提醒他的代班同事。
 * 还没有负责人的：客户已有归属就归他，否则按分配规则找一位，找不到就过半小时再找；满一个营业日仍没有，告知分管全行的主管一次，此后每天找一次。
 */
export default on('clock/task_due', (turn) => {
  const { task, closedUntil, now } = turn
  if (task?.state !== 'open') return []
  const later = (at: Date) => [snoozeTask(task.id, at, 'clock')]
  if (closedUntil) return later(closedUntil)
  // 客户还在会话里等：排队、转接和首次回复提醒已经在管，不再重复打扰；会话结束仍没有人回，再来提醒。
  if (task.kind !== 'follow-up' && stillOpen(task)) return later(new Date(now.getTime() + halfAnHour))
  const { sought } = task
  if (task.rm === null)
    return sought.rm
      ? [passTask(task.id, { to: sought.rm, by: 'rule', limited: sought.limited })]
      : nobodyFor(turn, task)
  const words = { title: turn.tell('manager.task_due'), digest: turn.tell('manager.task_digest', listGaps) }
  return [taskCard(task.standIn ?? task.rm, words, task)]
})

type Due = NonNullable<Turn['task']>

const stillOpen = ({ conversationStatus }: Due): boolean =>
  conversationStatus !== null && conversationStatus !== 'closed'

const nobodyFor = (turn: Turn<'clock/task_due'>, task: Due): Effect[] => {
  const { now } = turn
  const tell = task.unownedTooLong && task.alarmedAt === null
  const words = { title: task.title, customer: task.customerName ?? '未登记客户', due: sayDay(task.dueAt, now) }
  return [
    soughtInVain(task.id, task.sought.why, tell),
    snoozeTask(task.id, task.unownedTooLong ? task.nextDay : new Date(now.getTime() + halfAnHour), 'clock'),
    ...(tell ? alarm(turn, `task-without-manager:${task.id}`, turn.tell('admin.task_unowned', words)) : []),
  ]
}
