import { addHalf, byCustomer, request } from './contact-adding.ts'
import { checkRange, pickMember } from './contact-range.ts'
import type { ContactWay } from './contact-types.ts'
import { customerNamed } from './customers.ts'
import { Impossible, Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

const perWay = 100

export type NewWay = Pick<ContactWay, 'type' | 'scene' | 'users' | 'parties'> &
  Partial<Pick<ContactWay, 'style' | 'remark' | 'skipVerify' | 'state' | 'exclusive'>>

/** add_contact_way: 41045 when the corp has all that it may have. */
export const addWay = (world: World, asked: NewWay): ContactWay => {
  refuseIf(world.contacts.ways.size >= world.settings.contactWayCap, 41045, 'contact way count limit')
  checkRange(world, asked, perWay)
  const way: ContactWay = {
    configId: world.chance.bytes(16).toString('hex'),
    style: null,
    remark: '',
    skipVerify: true,
    state: '',
    exclusive: false,
    ...asked,
    createdAt: world.now(),
    turn: 0,
  }
  world.contacts.ways.set(way.configId, way)
  world.changed({ kind: 'contact' })
  return way
}

export const wayOf = (world: World, configId: string): ContactWay => {
  const way = world.contacts.ways.get(configId)
  if (!way) throw new Refused(41044, 'invalid config_id')
  return way
}

/** update_contact_way: what is given replaces what was there, for printed codes, too. */
export const updateWay = (world: World, configId: string, given: Partial<NewWay>): void => {
  const way = wayOf(world, configId)
  const users = given.users ?? way.users
  const parties = given.parties ?? way.parties
  refuseIf(way.type === 1 && users.length !== 1, 40058, 'type 1 needs exactly one user')
  checkRange(world, { users, parties }, perWay)
  Object.assign(way, given)
  world.changed({ kind: 'contact' })
}

export const deleteWay = (world: World, configId: string): void => {
  wayOf(world, configId)
  world.contacts.ways.delete(configId)
  world.changed({ kind: 'contact' })
}

const qrPrefix = 'https://open.work.weixin.qq.com/wwopen/userQRCode?vcode='
export const qrOf = (way: ContactWay): string => `${qrPrefix}${way.configId}`

/** What came of scanning a code or following a link: whom the customer sees, and how far they are. */
export type Met = { userid: string; outcome: 'friends' | 'half' | 'added' | 'asked' }

/** The customer scans a code (its config_id or its picture's address): nothing happens when they are friends already. */
export const scanWay = (world: World, ask: { customer: string; code: string }): Met => {
  const way = world.contacts.ways.get(ask.code.replace(qrPrefix, ''))
  if (!way) throw new Impossible('this code is not valid any more')
  const customer = customerNamed(world, ask.customer)
  const { member, friends } = pickMember(world, way, customer)
  if (friends) return { userid: member.userid, outcome: 'friends' }
  return meet(world, {
    userid: member.userid,
    externalUserId: customer.externalUserId,
    skipVerify: way.skipVerify,
    ...byCustomer(customer, { state: way.state }),
  })
}

/** Without confirming the customer is half added at once; with it the member is asked. */
export const meet = (
  world: World,
  { skipVerify, ...adding }: Parameters<typeof addHalf>[1] & { skipVerify: boolean },
): Met => {
  if (!skipVerify) return { userid: request(world, adding).userid, outcome: 'asked' }
  const relation = addHalf(world, adding)
  return { userid: relation.userid, outcome: relation.phase === 'full' ? 'added' : 'half' }
}
