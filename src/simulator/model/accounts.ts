import { day, seconds } from './clock.ts'
import { chatOf, knownCustomer, managedAccount } from './find.ts'
import { Refused, refuseIf } from './refused.ts'
import type { Account, KfLink, Push, World } from './world.ts'

const perCorp = 5000
const unverified = 10

const live = (world: World): Account[] => [...world.accounts.values()].filter((account) => !account.deleted)

export type NewAccount = { openKfId?: string; name: string; authorised?: boolean; createdByApi?: boolean }

/** An account of the corp. Positions in its log follow the clock, so a cursor of an earlier run lies before all of them. */
export const addAccount = (world: World, given: NewAccount): Account => {
  const openKfId = given.openKfId ?? `wk${world.chance.text(30)}`
  const account: Account = {
    openKfId,
    name: given.name,
    avatar: 'https://wework.qpic.cn/simulated/kf.png',
    deleted: false,
    authorised: given.authorised ?? true,
    createdByApi: given.createdByApi ?? false,
    servicers: new Set(),
    servicerDepartments: new Set(),
    reception: new Map(),
    log: [],
    firstSeq: world.now() * 1000,
    tokens: new Map(),
    tokenlessPulls: [],
    msgids: new Set(),
  }
  world.accounts.set(openKfId, account)
  world.changed({ kind: 'account', openKfId })
  return account
}

/** account/add: the creating app may use the new account at once. */
export const createByApi = (world: World, name: string): Account => {
  const accounts = live(world)
  const mayCreate = !world.settings.addNeedsAccount || accounts.some((account) => account.authorised)
  refuseIf(!mayCreate, 48002, 'api forbidden')
  refuseIf(accounts.length >= perCorp, 95005, 'account count limit')
  refuseIf(!world.corp.verified && accounts.length >= unverified, 95027, 'corp is not verified')
  return addAccount(world, { name, createdByApi: true })
}

export const deleteAccount = (world: World, account: Account): void => {
  refuseIf(live(world).length <= 1, 95005, 'at least one account must stay')
  account.deleted = true
  world.changed({ kind: 'account', openKfId: account.openKfId })
}

/** account/list shows all accounts and says which ones the app may use. */
export const listAccounts = (world: World, offset: number, limit: number): Record<string, unknown>[] =>
  live(world)
    .slice(offset, offset + limit)
    .map(({ openKfId, name, avatar, authorised }) => ({
      open_kfid: openKfId,
      name,
      avatar,
      manage_privilege: authorised,
    }))

/** The admin ticks or unticks accounts for our app: kf_account_auth_change. */
export const setAuthorised = (world: World, openKfIds: string[], authorised: boolean): Push => {
  for (const openKfId of openKfIds) {
    const account = world.accounts.get(openKfId)
    if (!account) throw new Refused(95004, 'open_kfid does not exist')
    account.authorised = authorised
    world.changed({ kind: 'account', openKfId })
  }
  const push: Push = {
    about: 'kf_account_auth_change',
    agent: false,
    nodes: [
      ['ToUserName', world.corp.corpId],
      ['FromUserName', 'sys'],
      ['CreateTime', seconds(world.now())],
      ['MsgType', 'event'],
      ['Event', 'kf_account_auth_change'],
      ...openKfIds.map((id): [string, string] => [authorised ? 'AuthAddOpenKfId' : 'AuthDelOpenKfId', id]),
    ],
  }
  world.push(push)
  return push
}

/** add_contact_way: a new enc_scene each time, for the same scene, too. */
export const addLink = (world: World, openKfId: string, scene: string): KfLink => {
  const encScene = `ENC${world.chance.text(26)}`
  const url = `https://work.weixin.qq.com/kf/kfc${openKfId.slice(2, 19).toLowerCase()}?enc_scene=${encScene}`
  const link = { openKfId, url, scene, encScene }
  world.links.set(encScene, link)
  return link
}

const known = 2 * day

/** customer/batchget: who opened a chat or wrote within 48 h to an account that the app manages; the others are invalid. */
export const batchGet = (world: World, ids: string[], withContext: boolean): Record<string, unknown> => {
  const recent = (id: string): boolean => recentChats(world, id).length > 0
  return {
    customer_list: ids.filter(recent).map((id) => profile(world, id, withContext)),
    invalid_external_userid: ids.filter((id) => !recent(id)),
  }
}

const recentChats = (world: World, id: string) =>
  live(world)
    .filter((account) => account.authorised)
    .flatMap((account) => world.chats.get(`${account.openKfId}|${id}`) ?? [])
    .filter((chat) => Math.max(chat.entered?.at ?? 0, chat.lastCustomerAt ?? 0) > world.now() - known)

const profile = (world: World, id: string, withContext: boolean): Record<string, unknown> => {
  const { nickname, avatar, gender, unionid } = knownCustomer(world, id)
  return {
    external_userid: id,
    nickname,
    avatar,
    gender,
    ...(world.settings.unionidBound && unionid ? { unionid } : {}),
    ...(withContext ? context(world, id) : {}),
  }
}

const context = (world: World, id: string): Record<string, unknown> => {
  const entered = recentChats(world, id)
    .flatMap((chat) => chat.entered ?? [])
    .filter(({ at }) => at > world.now() - known)
    .sort((a, b) => b.at - a.at)[0]
  if (!entered) return {}
  const { at: _, ...shown } = entered
  return { enter_session_context: shown }
}

/** upgrade_service: only the servicer sees it; 95021 when the admin has not allowed the member or group. */
export const upgradeService = (
  world: World,
  ask: { openKfId: string; externalUserId: string; userid?: string | undefined; chatId?: string | undefined },
): void => {
  managedAccount(world, ask.openKfId)
  knownCustomer(world, ask.externalUserId)
  const { userids, chats, departments } = world.corp.upgrade
  const member = ask.userid === undefined ? undefined : world.members.get(ask.userid)
  const byDepartment = member?.departments.some((id) => departments.includes(id)) ?? false
  const allowed = userids.includes(ask.userid ?? '') || chats.includes(ask.chatId ?? '') || byDepartment
  refuseIf(!allowed, 95021, 'member or group chat is not configured')
  chatOf(world, ask.openKfId, ask.externalUserId).upgrade = { userid: ask.userid, chat_id: ask.chatId }
  world.changed({ kind: 'session', openKfId: ask.openKfId, externalUserId: ask.externalUserId })
}
