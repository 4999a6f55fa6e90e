import { day, hour, seconds } from './clock.ts'
import { addFull } from './contact-adding.ts'
import { findRelation, isAlive, isFull, relationsOfMember } from './contact-book.ts'
import { memberDeletes } from './contact-chat.ts'
import { tellContact } from './contact-events.ts'
import type { Nodes } from './contact-events.ts'
import { addContactLine, said } from './contact-lines.ts'
import { contactMember } from './contact-range.ts'
import type { Transfer } from './contact-types.ts'
import { Impossible } from './refused.ts'
import type { World } from './world.ts'

const waits = 24 * hour
const protectedDays = 90
const mostTransfers = 2

type Between = { from: string; to: string }

/** transfer_customer: one errcode for each customer, 0 is "begun". */
export const startTransfers = (
  world: World,
  ask: Between & { customers: string[]; message: string },
): { external_userid: string; errcode: number }[] => {
  contactMember(world, ask.from)
  contactMember(world, ask.to)
  sweepTransfers(world)
  return ask.customers.map((externalUserId) => {
    const errcode = whyNot(world, ask, externalUserId)
    if (errcode === 0) begin(world, { ...ask, externalUserId })
    return { external_userid: externalUserId, errcode }
  })
}

const whyNot = (world: World, { from, to }: Between, externalUserId: string): number => {
  if (from === to) return 40130
  const relation = findRelation(world, from, externalUserId)
  if (!world.customers.has(externalUserId)) return 40096
  if (!isAlive(relation)) return 40131
  if (world.members.get(to)?.realNamed === false) return 40098
  if (isFull(world, to)) return 40099
  const waiting = world.contacts.transfers.some((one) => one.externalUserId === externalUserId && one.status === 2)
  if (waiting) return 40129
  const recent = relation.transferredAt.filter((at) => at > world.now() - protectedDays * day)
  return recent.length >= mostTransfers ? 40128 : 0
}

const begin = (
  world: World,
  { from, to, externalUserId, message }: Between & { externalUserId: string; message: string },
): void => {
  const others = world.contacts.transfers.filter(
    (one) => one.from !== from || one.to !== to || one.externalUserId !== externalUserId,
  )
  world.contacts.transfers = [...others, { from, to, externalUserId, dueAt: world.now() + waits, status: 2, message }]
}

/** What WeCom does when the 24 hours are over. Called whenever the clock has moved. */
export const sweepTransfers = (world: World): void => {
  for (const transfer of world.contacts.transfers)
    if (transfer.status === 2 && transfer.dueAt <= world.now()) finish(world, transfer)
}

const finish = (world: World, transfer: Transfer): void => {
  const { from, to, externalUserId, message } = transfer
  const old = findRelation(world, from, externalUserId)
  const friends = isAlive(findRelation(world, to, externalUserId))
  if (!friends && isFull(world, to)) return fail(world, transfer, { status: 4, reason: 'customer_limit_exceed' })
  transfer.status = 1
  const way = { addWay: 202, operator: from, state: '', linkId: null }
  const relation = friends
    ? findRelation(world, to, externalUserId)
    : addFull(world, { ...way, userid: to, externalUserId })
  if (relation) relation.transferredAt = [...(old?.transferredAt ?? []), world.now()]
  if (relation && message) addContactLine(world, relation, said('servicer', 'text', { content: message }))
  if (old && old.phase !== 'lost_by_member')
    memberDeletes(world, { userid: from, externalUserId }, 'DELETE_BY_TRANSFER')
}

const fail = (world: World, transfer: Transfer, { status, reason }: { status: 3 | 4; reason: string }): void => {
  transfer.status = status
  const rest: Nodes = [['FailReason', reason]]
  tellContact(world, 'transfer_fail', { userid: transfer.to, externalUserId: transfer.externalUserId, rest })
}

/** The customer declines while the transfer waits. */
export const refuseTransfer = (world: World, externalUserId: string): void => {
  const waiting = world.contacts.transfers.find((one) => one.externalUserId === externalUserId && one.status === 2)
  if (!waiting) throw new Impossible(`no transfer of ${externalUserId} waits`)
  fail(world, waiting, { status: 3, reason: 'customer_refused' })
}

export const transferResult = (world: World, { from, to }: Between) => {
  sweepTransfers(world)
  return world.contacts.transfers
    .filter((one) => one.from === from && one.to === to)
    .map(({ externalUserId, status, dueAt }) => ({
      external_userid: externalUserId,
      status,
      takeover_time: status === 3 ? 0 : seconds(dueAt),
    }))
}

/** get_unassigned_list: customers of members who have left the bank. */
export const unassigned = (world: World) =>
  [...world.members.values()].flatMap(({ userid, leftAt }) =>
    leftAt === null
      ? []
      : relationsOfMember(world, userid)
          .filter(isAlive)
          .map(({ externalUserId }) => ({
            handover_userid: userid,
            external_userid: externalUserId,
            dimission_time: seconds(leftAt),
          })),
  )
