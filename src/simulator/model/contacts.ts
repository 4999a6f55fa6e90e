import { seconds } from './clock.ts'
import { customerNamed } from './customers.ts'
import { findMember } from './find.ts'
import { Impossible } from './refused.ts'
import type { Push, World } from './world.ts'

const key = (externalUserId: string, userid: string): string => `${externalUserId}|${userid}`

const change = (world: World, changeType: string, rest: Push['nodes']): Push => ({
  about: 'change_external_contact',
  agent: false,
  nodes: [
    ['ToUserName', world.corp.corpId],
    ['FromUserName', 'sys'],
    ['CreateTime', seconds(world.now())],
    ['MsgType', 'event'],
    ['Event', 'change_external_contact'],
    ['ChangeType', changeType],
    ...rest,
  ],
})

/** The customer adds a member (through his QR code, card or link, whose `state` comes along). */
export const addContact = (world: World, ask: { customer: string; userid: string; state?: string }): Push => {
  const member = findMember(world, ask.userid)
  if (!member) throw new Impossible(`there is no member ${ask.userid}`)
  const externalUserId = customerNamed(world, ask.customer).externalUserId
  const contact = { externalUserId, userid: member.userid, since: world.now(), state: ask.state ?? '', addWay: 1 }
  world.contacts.set(key(externalUserId, member.userid), contact)
  world.changed({ kind: 'contact', externalUserId, userid: member.userid })
  const push = change(world, 'add_external_contact', [
    ['UserID', member.userid],
    ['ExternalUserID', externalUserId],
    ...(ask.state ? [['State', ask.state] as [string, string]] : []),
    ['WelcomeCode', world.chance.text(43)],
  ])
  world.push(push)
  return push
}

/** The customer deletes the member: del_follow_user. */
export const dropContact = (world: World, ask: { customer: string; userid: string }): Push => {
  const held = world.contacts.get(key(ask.customer, ask.userid.toLowerCase()))
  if (!held) throw new Impossible(`${ask.customer} is no contact of ${ask.userid}`)
  world.contacts.delete(key(held.externalUserId, held.userid))
  world.changed({ kind: 'contact', externalUserId: held.externalUserId, userid: held.userid })
  const push = change(world, 'del_follow_user', [
    ['UserID', held.userid],
    ['ExternalUserID', held.externalUserId],
  ])
  world.push(push)
  return push
}
