import { issueCode } from './codes.ts'
import { hour } from './clock.ts'
import { concerning } from './find.ts'
import { Refused, refuseIf } from './refused.ts'
import { receptionOf, servesAccount } from './servicers.ts'
import type { Account, Chat, State, World } from './world.ts'

/** How long a session and the right to write last after the customer's last message. */
export const sessionLives = 48 * hour

type Basis = 'documented' | 'rumoured'

/** Every change that the API may try (kf.md 20.1); what is not here is 95016, and 4 to anything is 95013. */
const edges: Readonly<Record<string, Basis>> = {
  '0>1': 'documented',
  '0>2': 'documented',
  '0>3': 'documented',
  '0>4': 'rumoured',
  '1>1': 'rumoured',
  '1>2': 'documented',
  '1>3': 'documented',
  '1>4': 'rumoured',
  '2>3': 'documented',
  '2>4': 'rumoured',
  '3>3': 'documented',
  '3>4': 'documented',
}

/** Ends the session in silence when the customer has not written for 48 h. Called before every look at a chat. */
export const sweep = (world: World, chat: Chat): Chat => {
  const last = chat.lastCustomerAt ?? chat.startedAt
  const over = chat.state !== 4 && last !== null && world.now() - last > sessionLives
  if (over && world.settings.endAfter48h) end(chat, world.now())
  return chat
}

const end = (chat: Chat, at: number): void => {
  chat.state = 4
  chat.previous = chat.servicer ?? chat.previous
  chat.servicer = null
  chat.endedAt = at
}

/** A customer's message opens a new session in an ended chat; elsewhere it only renews the window. */
export const customerWrote = (world: World, account: Account, chat: Chat): void => {
  if (sweep(world, chat).state === 4) begin(world, chat, firstState(world, account))
  chat.lastCustomerAt = world.now()
  chat.sent = 0
}

const begin = (world: World, chat: Chat, { state, servicer }: { state: State; servicer: string | null }): void => {
  chat.session += 1
  chat.startedAt = world.now()
  chat.endedAt = null
  chat.state = state
  chat.servicer = servicer
  if (servicer) chat.had.add(servicer)
  chat.poolCodeGiven = false
  chat.humanCodeGiven = false
}

const firstState = (world: World, account: Account): { state: State; servicer: string | null } => {
  const wanted = world.settings.firstState
  if (wanted !== 3) return { state: wanted, servicer: null }
  const servicer = [...account.servicers].find((userid) => receptionOf(account, userid).status === 0)
  return servicer ? { state: 3, servicer } : { state: 0, servicer: null }
}

export type Trans = { account: Account; chat: Chat; to: State; servicer?: string | undefined }

/** service_state/trans: the change and, with the first into 2 or 3 and each into 4, its code. It leaves no event. */
export const transfer = (world: World, ask: Trans): { msg_code?: string } => {
  const { account, chat, to } = ask
  sweep(world, chat)
  refuseIf(chat.state === 4, 95013, 'conversation end')
  const basis = edges[`${chat.state}>${to}`]
  const allowed = basis === 'documented' || (basis === 'rumoured' && world.settings.mode === 'lenient')
  refuseIf(!allowed, 95016, 'state transition not allowed')
  if (to === 3) give(world, { account, chat, servicer: ask.servicer })
  else if (to === 4) end(chat, world.now())
  else chat.state = to
  world.changed({ kind: 'session', ...concerning(chat) })
  const code = codeFor(world, chat)
  return code === null ? {} : { msg_code: code }
}

const give = (world: World, { account, chat, servicer }: Omit<Trans, 'to'>): void => {
  if (servicer === undefined) throw new Refused(40058, 'servicer_userid is missing')
  refuseIf(!servesAccount(world, account, servicer), 95014, 'user is not a servicer or not activated')
  refuseIf(receptionOf(account, servicer).status === 1, 95019, 'servicer has stopped or suspended receiving')
  handTo(chat, servicer)
}

/** Gives the chat to a servicer, whoever decided it. */
export const handTo = (chat: Chat, servicer: string): void => {
  if (chat.servicer !== null && chat.servicer !== servicer) chat.previous = chat.servicer
  chat.state = 3
  chat.servicer = servicer
  chat.had.add(servicer)
}

/** The code that this change brings, or null. */
export const codeFor = (world: World, chat: Chat): string | null => {
  if (chat.state === 4) return issueCode(world, 'end', chat)
  if (chat.state === 2 && !chat.poolCodeGiven) {
    chat.poolCodeGiven = true
    return issueCode(world, 'pool', chat)
  }
  if (chat.state === 3 && !chat.humanCodeGiven) {
    chat.humanCodeGiven = true
    return issueCode(world, 'human', chat)
  }
  return null
}

/** A servicer ended it in his client. */
export const endByServicer = (world: World, chat: Chat): void => end(chat, world.now())

/** A servicer wrote into an ended chat: a session of its own, at once his. */
export const reopenFor = (world: World, chat: Chat, servicer: string): void =>
  begin(world, chat, { state: 3, servicer })
