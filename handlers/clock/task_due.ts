import { listGaps, on, passTask, snoozeTask, taskCard } from '#bot'
import type { Turn } from '#bot'

const halfAnHour = 30 * 60_000

/**
 * 待办到期：发卡片提醒。下班时间到期的，等到开门再提醒；还没有负责人的，按分配规则找一位，找不到就过一会儿再找。
 * 负责人没上班时提醒他的代班同事。
 */
export default on('clock/task_due', (turn) => {
  const { task, closedUntil, now } = turn
  if (task?.state !== 'open') return []
  const later = (at: Date) => [snoozeTask(task.id, at, 'clock')]
  if (closedUntil) return later(closedUntil)
  // 客户还在会话里等：排队、转接和首次回复提醒已经在管，不再重复打扰；会话结束仍没有人回，再来提醒。
  if (task.kind !== 'follow-up' && stillOpen(task)) return later(new Date(now.getTime() + halfAnHour))
  const rm = task.standIn ?? task.rm ?? task.taker
  if (!rm) return later(new Date(now.getTime() + halfAnHour))
  const words = { title: turn.tell('manager.task_due'), digest: turn.tell('manager.task_digest', listGaps) }
  return [...(task.rm ? [] : [passTask(task.id, rm)]), taskCard(rm, words, task)]
})

const stillOpen = ({ conversationStatus }: NonNullable<Turn['task']>): boolean =>
  conversationStatus !== null && conversationStatus !== 'closed'
