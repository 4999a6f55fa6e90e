import { appendEvent } from './log.ts'
import { findMember } from './find.ts'
import { impossibleIf } from './refused.ts'
import type { Account, Member, Reception, World } from './world.ts'

const perAccount = 2000
const departmentsPerAccount = 20

/** New servicers receive until they stop. */
export const receptionOf = (account: Account, userid: string): Reception =>
  account.reception.get(userid) ?? { status: 0, stopType: 0 }

/** Directly or through a department; and the member must have activated WeCom. */
export const servesAccount = (world: World, account: Account, userid: string): boolean => {
  const member = findMember(world, userid)
  return member !== undefined && member.activated && isServicer(account, member)
}

const isServicer = (account: Account, member: Member): boolean =>
  account.servicers.has(member.userid) || member.departments.some((id) => account.servicerDepartments.has(id))

export type ServicerResult = { userid?: string; department_id?: number; errcode: number; errmsg: string }
type Lists = { userids: string[]; departments: number[] }

/** servicer/add: one result each; somebody who is there already is `ignored`, with errcode 0. */
export const addServicers = (world: World, account: Account, lists: Lists): ServicerResult[] => [
  ...lists.userids.map((userid) => ({ userid, ...addOne(world, account, userid) })),
  ...lists.departments.map((id) => ({ department_id: id, ...addDepartment(world, account, id) })),
]

type Result = { errcode: number; errmsg: string }
const success: Result = { errcode: 0, errmsg: 'success' }
const ignored: Result = { errcode: 0, errmsg: 'ignored' }

const addOne = (world: World, account: Account, userid: string): Result => {
  const member = findMember(world, userid)
  if (!member) return { errcode: 60111, errmsg: 'userid not found' }
  if (!member.visible) return { errcode: 60011, errmsg: 'no privilege to access/modify contact/party/agent' }
  if (account.servicers.has(member.userid)) return ignored
  if (account.servicers.size >= perAccount) return { errcode: 40058, errmsg: 'too many servicers' }
  account.servicers.add(member.userid)
  return success
}

const addDepartment = (world: World, account: Account, id: number): Result => {
  if (!world.departments.has(id)) return { errcode: 60003, errmsg: 'department not found' }
  if (account.servicerDepartments.has(id)) return ignored
  if (account.servicerDepartments.size >= departmentsPerAccount)
    return { errcode: 40058, errmsg: 'too many departments' }
  account.servicerDepartments.add(id)
  return success
}

export const deleteServicers = (account: Account, lists: Lists): ServicerResult[] => [
  ...lists.userids.map((userid) => ({ userid, ...(account.servicers.delete(userid) ? success : ignored) })),
  ...lists.departments.map((id) => ({
    department_id: id,
    ...(account.servicerDepartments.delete(id) ? success : ignored),
  })),
]

/** The list counts 0 and 1; members who serve through a department are not named. */
export const listServicers = (account: Account): Record<string, unknown>[] => [
  ...[...account.servicers].map((userid) => {
    const { status, stopType } = receptionOf(account, userid)
    return { userid, status, ...(status === 1 ? { stop_type: stopType } : {}) }
  }),
  ...[...account.servicerDepartments].map((id) => ({ department_id: id })),
]

/** He stops, suspends or resumes in his client; the event counts 1 and 2 where the list counts 0 and 1. */
export const setReception = (
  world: World,
  ask: { account: Account; userid: string; to: 'receiving' | 'stopped' | 'suspended' },
): void => {
  const { account, userid, to } = ask
  impossibleIf(!servesAccount(world, account, userid), `${userid} is not a servicer of ${account.openKfId}`)
  const stopType = to === 'suspended' ? 1 : 0
  account.reception.set(userid, { status: to === 'receiving' ? 0 : 1, stopType })
  appendEvent(world, account, {
    event_type: 'servicer_status_change',
    servicer_userid: userid,
    ...(to === 'receiving' ? { status: 1 } : { status: 2, stop_type: stopType }),
  })
  world.changed({ kind: 'reception', openKfId: account.openKfId, userid })
}
