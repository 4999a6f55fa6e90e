import type { Errand } from '../../outbox/effects.ts'
import { kindNames, outcomeKeys, outcomes, type Task } from '../../tasks/task.ts'
import { sayDay } from '../business-day.ts'
import { digestLine } from './cards.ts'

/** The title of its card, and the words around a list of many. */
export type TaskWords = { title: string; digest: string }

type Reminder = { words: TaskWords; now: Date }

/** The card that reminds an RM of a task: he ends it with an outcome, puts it off, or gives it to his deputy. */
export const reminderCard = (task: Task, rm: string, { words, now }: Reminder): Errand => ({
  kind: 'message/card',
  subject: digestLine(rm),
  lane: 1,
  payload: {
    rm,
    digest: { line: lineOf(task, now), words: words.digest },
    card: {
      task: `task@${task.id}@${now.getTime().toString(36)}`,
      title: words.title,
      desc: clip(task.title, 44),
      lines: linesOf(task, now),
      selection: {
        key: 'outcome',
        title: '处理结果',
        options: outcomeKeys.map((id) => ({ id, text: outcomes[id] })),
        selected: 'contacted',
      },
      buttons: [
        { key: 'done', text: '完成', style: 1 },
        { key: 'snooze', text: '一小时后再提醒', style: 2 },
        ...(task.deputy && task.deputy !== rm ? [{ key: 'pass', text: '转给代班同事', style: 3 as const }] : []),
      ],
    },
  },
})

const lineOf = (task: Task, now: Date): string =>
  clip(`${sayDay(task.dueAt, now)} ${task.title}${task.customerName ? `（${task.customerName}）` : ''}`, 48)

const linesOf = (task: Task, now: Date) => [
  ...(task.externalUserId ? [{ name: '客户', value: clip(task.customerName ?? '新访客', 30) }] : []),
  { name: '类型', value: kindNames[task.kind] },
  { name: '到期', value: sayDay(task.dueAt, now) },
  ...(task.standIn && task.rmName ? [{ name: '负责人', value: clip(`${task.rmName}（未上班，请您代办）`, 30) }] : []),
  ...(task.note ? [{ name: '备注', value: clip(task.note, 30) }] : []),
]

const clip = (text: string, most: number): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text
