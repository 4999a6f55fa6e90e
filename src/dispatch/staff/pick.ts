import { notify, type Effect } from '../effects.ts'
import type { RmOrder } from '../events.ts'
import { firstWord } from './command.ts'
import type { StaffTurn } from './obey.ts'
import type { Talk } from './staff.ts'

export type Picked = { talk: Talk; rest: string }

export const openTalks = ({ staff }: StaffTurn): Talk[] => staff.talks.filter(({ open }) => open)

/** The conversation whose customer is named first, by name or by its number in our list; null when none or several are. */
export const namedFirst = (talks: Talk[], text: string): Picked | null => {
  const [word, rest] = firstWord(text)
  if (word === '') return null
  const same = talks.filter(({ customer, externalUserId }) => customer === word || externalUserId === word)
  const numbered = /^\d{1,2}$/.test(word) ? talks[Number(word) - 1] : undefined
  const talk = same.length === 1 ? same[0] : same.length === 0 && talks.length > 1 ? numbered : undefined
  return talk ? { talk, rest } : null
}

/** The one he names, the one he is answering, or the only one; null when it could be another. */
export const pickFor = (turn: StaffTurn, talks: Talk[], text: string): Picked | null => {
  const named = namedFirst(talks, text)
  if (named) return named
  const focus = talks.find(({ relay, conversationId }) => relay && conversationId === turn.staff.me?.focus)
  const talk = focus ?? (talks.length === 1 ? talks[0] : undefined)
  return talk ? { talk, rest: text.trim() } : null
}

/** `1 张三、2 李四` */
export const listed = (talks: Talk[]): string =>
  talks
    .slice(0, 20)
    .map(({ customer }, at) => `${at + 1} ${customer}`)
    .join('、')

/** He must say which of his customers he means; or he has none. */
export const choose = (turn: StaffTurn, command: string): Effect[] => {
  const open = openTalks(turn)
  const words = { command, customer: open[0]?.customer ?? '', list: listed(open) }
  return [notify(turn.staff.userid, turn.tell(open.length > 0 ? 'rm.which_customer' : 'rm.nobody_open', words))]
}

export const orderFor = ({ staff }: StaffTurn, { openKfId, externalUserId }: Talk, text: string): RmOrder => ({
  openKfId,
  externalUserId,
  rm: staff.userid,
  text,
})
