import { minute } from './clock.ts'
import { complete } from './contact-adding.ts'
import { findRelation, isAlive } from './contact-book.ts'
import { optional, tellAcquisition, tellContact } from './contact-events.ts'
import { addContactLine, said, system } from './contact-lines.ts'
import type { ContactLine, Relation } from './contact-types.ts'
import { issueWelcome } from './contact-welcome.ts'
import { Impossible } from './refused.ts'
import type { Payload, World } from './world.ts'

export type Between = { userid: string; externalUserId: string }

const between = (world: World, { userid, externalUserId }: Between): Relation => {
  const relation = findRelation(world, userid, externalUserId)
  if (!isAlive(relation)) throw new Impossible(`${externalUserId} is no contact of ${userid}`)
  return relation
}

const keyLives = 30 * minute
/** At these messages of the customer an acquisition link's owner is told. */
const told = [3, 5, 10]

/** Somebody writes in the private chat; the first words make a half contact whole. */
export const contactSays = (
  world: World,
  ask: Between & { from: 'customer' | 'servicer'; type: string; payload: Payload },
): ContactLine => {
  const relation = between(world, ask)
  const line = addContactLine(world, relation, said(ask.from, ask.type, ask.payload))
  relation.chatStarted = true
  if (relation.phase === 'half') complete(world, relation)
  if (ask.from === 'customer') heardByMember(world, relation)
  return line
}

const heardByMember = (world: World, relation: Relation): void => {
  relation.received += 1
  const { linkId, state, userid, externalUserId, received } = relation
  if (linkId === null || state === '' || world.customers.get(externalUserId)?.kind === 'wecom') return
  if (received === 1) {
    tellAcquisition(world, 'customer_start_chat', [
      ['UserID', userid],
      ['ExternalUserID', externalUserId],
      ['LinkId', linkId],
    ])
  }
  if (!told.includes(received)) return
  const chatKey = `CK${world.chance.text(60)}`
  world.contacts.chatKeys.set(chatKey, { expiresAt: world.now() + keyLives, userid, externalUserId, received, linkId })
  tellAcquisition(world, 'message_from_customer', [
    ['LinkId', linkId],
    ['State', state],
    ['ChatKey', chatKey],
  ])
}

/** The customer deletes the member: del_follow_user. The member still sees him. */
export const customerDeletes = (world: World, ask: Between): void => {
  const relation = between(world, ask)
  lose(world, relation, 'lost_by_customer')
  tellContact(world, 'del_follow_user', relation)
  if (relation.linkId === null || !world.settings.linkTellsDeletes) return
  tellAcquisition(world, 'del_follow_user', [
    ['UserID', relation.userid],
    ['ExternalUserID', relation.externalUserId],
    ['LinkId', relation.linkId],
    ...optional(world, { State: relation.state }),
  ])
}

/** The member deletes the customer: del_external_contact; with a source when a transfer did it. */
export const memberDeletes = (world: World, ask: Between, source?: string): void => {
  const relation = findRelation(world, ask.userid, ask.externalUserId)
  if (!relation || relation.phase === 'lost_by_member')
    throw new Impossible(`${ask.externalUserId} is no contact of ${ask.userid}`)
  lose(world, relation, 'lost_by_member')
  tellContact(world, 'del_external_contact', {
    ...ask,
    userid: relation.userid,
    rest: optional(world, { Source: source }),
  })
}

/** The customer agrees that his chat with the member is archived; a code comes when there is still somebody to welcome. */
export const approveArchive = (world: World, ask: Between): void => {
  const relation = between(world, ask)
  const { userid, externalUserId } = relation
  const rest = optional(world, { WelcomeCode: issueWelcome(world, relation) })
  tellContact(world, 'msg_audit_approved', { userid, externalUserId, rest })
}

const lose = (world: World, relation: Relation, phase: 'lost_by_member' | 'lost_by_customer'): void => {
  relation.phase = phase
  addContactLine(world, relation, system(phase === 'lost_by_member' ? '客户经理已删除联系人' : '客户已删除联系人'))
}
