import { outcomes } from '../../tasks/task.ts'
import { duty, finishTask, notify, order, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'
import type { WordsKey } from '../words/words-file.ts'
import { firstWord, type Command } from './command.ts'
import { outcomeIn } from './outcome.ts'
import { choose, listed, namedFirst, openTalks, orderFor, pickFor, type Picked } from './pick.ts'
import { sayCustomer, sayDay, sayNotOne, sayTasks, theOne } from './say.ts'

export type StaffTurn = Turn<EventKind>
type Does<Kind extends Command['kind']> = (turn: StaffTurn, command: Extract<Command, { kind: Kind }>) => Effect[]

/** Does what somebody of the bank wrote or tapped in the app's chat. Whoever is no RM of ours is told so, politely. */
export const obey = <Kind extends EventKind>(turn: Turn<Kind>): Effect[] => {
  const it = turn as unknown as StaffTurn
  const { me, command } = it.staff
  if (!me) return answer(it, 'rm.not_ours')
  return (does[command.kind] as (turn: StaffTurn, command: Command) => Effect[])(it, command)
}

/** A picture or a voice message: it cannot be passed on, and the RM must not believe that it was. */
export const onlyWords = <Kind extends EventKind>(turn: Turn<Kind>): Effect[] => {
  const it = turn as unknown as StaffTurn
  return it.staff.me ? answer(it, 'relay.words_only') : answer(it, 'rm.not_ours')
}

const answer = (turn: StaffTurn, key: WordsKey, values = {}): Effect[] => [
  notify(turn.staff.userid, turn.tell(key, values)),
]

const plain: Does<'text'> = (turn, { text }) => {
  const relays = turn.staff.talks.filter(({ relay }) => relay)
  if (relays.length === 0 || text === '') return answer(turn, 'rm.unknown')
  return passOn(turn, text)
}

/** To the customer he names, the one he has chosen, or the only one; never to somebody he may not have meant. */
const passOn = (turn: StaffTurn, text: string): Effect[] => {
  const relays = turn.staff.talks.filter(({ relay }) => relay)
  if (relays.length === 0) return answer(turn, 'relay.nobody')
  const named = namedFirst(relays, text)
  const chosen = named?.talk ?? relays.find(({ conversationId }) => conversationId === turn.staff.me?.focus)
  const to = chosen ?? (relays.length === 1 ? relays[0] : undefined)
  if (!to) return answer(turn, 'relay.choose', { customer: relays[0]?.customer, list: listed(relays) })
  const words = named ? named.rest : text
  return words === '' ? answer(turn, 'relay.nothing_to_say') : [order('rm/reply', orderFor(turn, to, words))]
}

const transfer: Does<'transfer'> = (turn, { text }) => {
  const picked = pickFor(turn, openTalks(turn), text)
  if (!picked) return choose(turn, '转接')
  const [name, reason] = firstWord(picked.rest.replace(/^(给|到|→|->)\s*/u, ''))
  const colleagues = turn.staff.colleagues(name)
  const [colleague] = colleagues
  if (!name || !colleague) return answer(turn, 'rm.no_colleague', { name: name || '（未写姓名）' })
  if (colleagues.length > 1) {
    const list = colleagues.slice(0, 8).map((one) => `${one.name}（${one.userid}）`)
    return answer(turn, 'rm.which_colleague', { name, list: list.join('、') })
  }
  return [order('rm/transfer', { ...orderFor(turn, picked.talk, reason), to: colleague.userid })]
}

const note: Does<'note'> = (turn, { text }) => {
  if (text === '') return answer(turn, 'rm.note_empty')
  const open = openTalks(turn)
  const picked = pickFor(turn, open.length > 0 ? open : turn.staff.talks, text)
  if (!picked) return choose(turn, '备注')
  return picked.rest === ''
    ? answer(turn, 'rm.note_empty')
    : [order('rm/note', orderFor(turn, picked.talk, picked.rest))]
}

const end: Does<'close'> = (turn, { name }) => {
  const picked = pickFor(turn, openTalks(turn), name)
  return picked && picked.rest === '' ? [order('rm/close', orderFor(turn, picked.talk, ''))] : choose(turn, '结束')
}

/** Whom he names, with or without a session; without a name the customer whom he is answering. */
const inviteHim: Does<'invite'> = (turn, { name }) => {
  const open = openTalks(turn)
  const talk = (name === '' ? pickFor(turn, open, '') : wholly(namedFirst(open, name)))?.talk
  if (talk) return [order('rm/invite', orderFor(turn, talk, ''))]
  if (name === '') return open.length > 0 ? choose(turn, '邀请') : answer(turn, 'rm.invite_unnamed')
  const found = theOne(turn.staff.found)
  if (!found) return [notify(turn.staff.userid, sayNotOne(turn, name))]
  const words = { customer: found.name, owner: found.owner ? turn.manager(found.owner).name : '其他同事' }
  if (!found.mine) return answer(turn, 'rm.invite_not_yours', words)
  if (!found.openKfId) return answer(turn, 'rm.invite_no_way', words)
  const { openKfId, externalUserId } = found
  return [order('rm/invite', { openKfId, externalUserId, rm: turn.staff.userid, text: '' })]
}

const wholly = (picked: Picked | null): Picked | null => (picked?.rest === '' ? picked : null)

/** The number is that of the list he was shown, in the same order; what he writes behind it says how it ended. */
const finish: Does<'done'> = (turn, { no, outcome: words }) => {
  const task = turn.staff.tasks[no - 1]
  if (!task) return answer(turn, 'rm.no_such_task', { no, count: turn.staff.tasks.length })
  const outcome = outcomeIn(words)
  return [
    finishTask(task.id, { outcome, by: turn.staff.userid, note: words || null }),
    ...answer(turn, 'rm.task_done', { title: task.title, outcome: outcomes[outcome] }),
  ]
}

const setDuty =
  (onDuty: boolean) =>
  (turn: StaffTurn): Effect[] => [
    duty(turn.staff.userid, onDuty),
    ...answer(turn, onDuty ? 'rm.free' : 'rm.busy', { open: openTalks(turn).length }),
  ]

const does: { [Kind in Command['kind']]: Does<Kind> } = {
  today: (turn) => [notify(turn.staff.userid, sayDay(turn))],
  tasks: (turn, { page }) => [notify(turn.staff.userid, sayTasks(turn, page))],
  customer: (turn, { name }) => [notify(turn.staff.userid, sayCustomer(turn, name))],
  busy: setDuty(false),
  free: setDuty(true),
  help: (turn) => answer(turn, 'rm.help'),
  done: finish,
  close: end,
  invite: inviteHim,
  transfer,
  note,
  reply: (turn, { text }) => passOn(turn, text),
  text: plain,
}
