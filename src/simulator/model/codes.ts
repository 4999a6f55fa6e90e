import { hour, second } from './clock.ts'
import { Refused, refuseIf } from './refused.ts'
import type { Chat, Code, CodeKind, State, World } from './world.ts'

const lives: Record<CodeKind, number> = {
  welcome: 20 * second,
  pool: 48 * hour,
  human: 48 * hour,
  end: 20 * second,
}

/** The state in which the chat must still be when the code is used; a welcome asks for none. */
const requires: Record<CodeKind, State | null> = { welcome: null, pool: 2, human: 3, end: 4 }

const types: Record<CodeKind, readonly string[]> = {
  welcome: ['text', 'msgmenu'],
  pool: ['text'],
  human: ['text'],
  end: ['text', 'msgmenu'],
}

export const issueCode = (world: World, kind: CodeKind, chat: Chat): string => {
  const value = world.chance.text(48)
  const expiresAt = world.now() + lives[kind]
  world.codes.set(value, { value, kind, chat, session: chat.session, expiresAt, used: false })
  return value
}

/** The code, if a message of this type may be sent with it now. */
export const usableCode = (world: World, value: string, msgtype: string): Code => {
  const code = world.codes.get(value)
  if (!code) throw new Refused(world.settings.errcodes.badCode, 'invalid code')
  refuseIf(!types[code.kind].includes(msgtype), 40008, 'invalid message type')
  const bad = code.used || code.expiresAt < world.now() || !inRightState(code)
  refuseIf(bad, world.settings.errcodes.badCode, 'code is used, expired or the session has moved on')
  return code
}

const inRightState = ({ kind, chat, session }: Code): boolean => {
  const state = requires[kind]
  return state === null || (chat.state === state && chat.session === session)
}
