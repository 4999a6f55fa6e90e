import type { Manager } from '../turn/turn.ts'
import type { Command } from './command.ts'

/** A conversation of an RM: open, or closed within the last day (then only a note can still be made). */
export type Talk = {
  conversationId: string
  openKfId: string
  externalUserId: string
  customer: string
  open: boolean
  /** The bot passes his words on. */
  relay: boolean
  answered: boolean
  /** The last word is the customer's. */
  waits: boolean
  since: Date
}

/** A customer whom the RM may see, in short. */
export type Found = {
  name: string
  kind: 'person' | 'sme'
  tier: string | null
  owner: string | null
  branch: string | null
  tags: string[]
  lastKind: string | null
  lastAt: Date | null
  /** True when his name, client number or id is exactly what was asked for. */
  exact: boolean
  externalUserId: string
  /** His own customer, not only one of a branch that he supervises. */
  mine: boolean
  /** Where he last wrote to the bank; null when he never did. */
  openKfId: string | null
}

/** `instead`: the colleague off duty whose task it is. */
export type OpenTask = { id: string; title: string; customer: string | null; dueAt: Date; instead: string | null }

export type Me = Manager & {
  onDuty: boolean
  /** Paused after missed customers. */
  paused: boolean
  /** Which of his relays his plain words go to. */
  focus: string | null
  greetedToday: boolean
}

/** Somebody of the bank in the app's chat: what he wants, and what is needed to answer. */
export type Staff = {
  userid: string
  /** Null: no RM of ours. */
  me: Me | null
  command: Command
  talks: Talk[]
  tasks: OpenTask[]
  day: { answered: number; newContacts: number }
  found: Found[]
  /** Everybody who could take over, by userid or name. */
  colleagues(name: string): Manager[]
}
