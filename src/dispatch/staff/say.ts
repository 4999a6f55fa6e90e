import { clipChars } from '../../outbox/card-text.ts'
import { sayTime } from '../words/say-time.ts'
import type { StaffTurn } from './obey.ts'
import { openTalks } from './pick.ts'
import type { Found, OpenTask } from './staff.ts'

const mostListed = 10

/** His day: who waits, whom he has answered, what is new and what is due. */
export const sayDay = (turn: StaffTurn): string => {
  const { me, day, tasks } = turn.staff
  const open = openTalks(turn)
  const waiting = open.filter(({ waits }) => waits)
  const names = waiting.slice(0, mostListed).map(({ customer }) => customer)
  const due = tasks.filter(({ dueAt }) => dayOf(dueAt) <= dayOf(turn.now))
  return turn.tell('rm.today', {
    name: me?.name,
    open: open.length,
    waiting: waiting.length,
    names: names.length > 0 ? `（${names.join('、')}）` : '',
    replied: open.length - waiting.length,
    answered: day.answered,
    contacts: day.newContacts,
    due: due.length,
    state: me?.paused ? '已暂停分配（回复“空闲”恢复）' : me?.onDuty ? '空闲，可接新客户' : '忙碌，不接新客户',
  })
}

/** The day in China: tasks are due by day there. */
const dayOf = (at: Date): number => Math.floor((at.getTime() + 8 * 3_600_000) / 86_400_000)

/** Ten at a time, under the numbers by which he calls them; a page beyond the last is the last. */
export const sayTasks = (turn: StaffTurn, page = 1): string => {
  const { tasks } = turn.staff
  if (tasks.length === 0) return turn.tell('rm.no_tasks')
  const last = Math.ceil(tasks.length / mostListed)
  const at = Math.max(1, Math.min(page, last))
  const from = (at - 1) * mostListed
  const lines = tasks
    .slice(from, from + mostListed)
    .map((task, index) => `${from + index + 1}. ${sayTask(task, turn.now)}`)
  const more = last > 1 ? [`（第${at}页，共${last}页${at < last ? `；写“待办 ${at + 1}”看下一页` : ''}）`] : []
  return turn.tell('rm.tasks', { count: tasks.length, list: [...lines, ...more].join('\n') })
}

const sayTask = ({ title, customer, dueAt, instead }: OpenTask, now: Date): string =>
  `${clipChars(title, 30)}${customer ? `：${clipChars(customer, 12)}` : ''}（${sayTime(dueAt)}${dueAt < now ? '，已到期' : ''}${instead ? `，代${instead}` : ''}）`

/** The customer who is meant: the only one of that name, or the only one who has exactly that name. */
export const theOne = (found: Found[]): Found | null => {
  const exact = found.filter((one) => one.exact)
  return (exact.length === 1 ? exact[0] : found.length === 1 ? found[0] : null) ?? null
}

/** Nobody of that name whom he may see, or several: who they are. */
export const sayNotOne = (turn: StaffTurn, name: string): string => {
  const { found } = turn.staff
  if (found.length === 0) return turn.tell('rm.no_customer', { name })
  const list = found.slice(0, 5).map((one) => `· ${one.name}（${brief(one)}）`)
  return turn.tell('rm.customers', { name, list: [...list, ...(found.length > 5 ? ['……'] : [])].join('\n') })
}

/** One customer: his profile in short; several: who they are; none: that there is none whom he may see. */
export const sayCustomer = (turn: StaffTurn, name: string): string => {
  if (name === '') return turn.tell('rm.customer_unnamed')
  const only = theOne(turn.staff.found)
  if (!only) return sayNotOne(turn, name)
  return turn.tell('rm.customer', {
    name: only.name,
    brief: brief(only),
    owner: only.owner ? turn.manager(only.owner).name : '暂无',
    tags: only.tags.length > 0 ? only.tags.slice(0, 8).join('、') : '暂无',
    last: only.lastAt ? `${sayTime(only.lastAt)} ${touches[only.lastKind ?? ''] ?? '有新动态'}` : '暂无',
  })
}

const brief = ({ kind, tier, branch }: Found): string =>
  [kind === 'sme' ? '小微企业' : '个人', tier, branch].filter(Boolean).join('，')

const touches: Record<string, string> = {
  'entry.opened': '打开了客服会话',
  'message.received': '客户发来消息',
  'message.replied': '客户经理回复',
  'message.sent': '系统回复',
  'contact.added': '添加为好友',
  'contact.lost': '解除好友',
}
