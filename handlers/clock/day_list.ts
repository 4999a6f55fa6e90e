import { notify, on, sayDate, sayDay } from '#bot'
import type { Turn } from '#bot'

/** 开门了：把今天要办的（含逾期的，和替没上班的同事代办的）一次列给客户经理。每个营业日一次，停机后当天上午补发。 */
export default on('clock/day_list', (turn) => {
  const { tasks, count } = turn.todo
  if (count === 0) return []
  const more = count > tasks.length ? `\n另有 ${count - tasks.length} 项，请在待办里查看` : ''
  const list = tasks.map((task, index) => `${index + 1}. ${lineOf(task, turn.now)}`).join('\n') + more
  return [notify(turn.event.rm, turn.tell('manager.day_list', { date: sayDate(turn.now), count, list }))]
})

type Listed = Turn['todo']['tasks'][number]

const lineOf = (task: Listed, now: Date): string => {
  const late = task.dueAt < now && now.getTime() - task.dueAt.getTime() > 3_600_000 ? '【逾期】' : ''
  const whom = task.customerName ? `（${task.customerName.slice(0, 16)}）` : ''
  const instead = task.standIn ? `，代${task.rmName ?? task.rm ?? ''}` : ''
  return `${late}${sayDay(task.dueAt, now)} ${task.title.slice(0, 24)}${whom}${instead}`
}
