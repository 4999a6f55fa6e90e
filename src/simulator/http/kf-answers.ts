import * as kf from '../../wecom/endpoints/kf.ts'
import { addLink, batchGet, createByApi, deleteAccount, listAccounts, upgradeService } from '../model/accounts.ts'
import { chatOf, findChat, knownAccount, knownCustomer, managedAccount } from '../model/find.ts'
import { liveMedia } from '../model/media.ts'
import { addServicers, deleteServicers, listServicers } from '../model/servicers.ts'
import { sweep, transfer } from '../model/session.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

type Lists = { userid_list?: string[] | undefined; department_id_list?: number[] | undefined }
const listsOf = (ask: Lists) => ({ userids: ask.userid_list ?? [], departments: ask.department_id_list ?? [] })

/** Accounts, servicers, sessions and customers of 微信客服. */
export const kfAnswers: Served[] = [
  serve(kf.addKfAccount, ({ world }, ask) => {
    liveMedia(world, ask.media_id)
    return { open_kfid: createByApi(world, ask.name).openKfId }
  }),
  serve(kf.updateKfAccount, ({ world }, ask) => {
    const account = managedAccount(world, ask.open_kfid)
    if (ask.media_id) liveMedia(world, ask.media_id)
    account.name = ask.name ?? account.name
    return {}
  }),
  serve(kf.deleteKfAccount, ({ world }, ask) => {
    deleteAccount(world, managedAccount(world, ask.open_kfid))
    return {}
  }),
  serve(kf.listKfAccounts, ({ world }, ask) => ({
    account_list: listAccounts(world, ask.offset ?? 0, ask.limit ?? 100) as { open_kfid: string }[],
  })),
  serve(kf.addKfContactWay, ({ world }, ask) => ({
    url: addLink(world, knownAccount(world, ask.open_kfid).openKfId, ask.scene ?? '').url,
  })),
  serve(kf.addServicers, ({ world }, ask) => ({
    result_list: addServicers(world, managedAccount(world, ask.open_kfid), listsOf(ask)),
  })),
  serve(kf.deleteServicers, ({ world }, ask) => ({
    result_list: deleteServicers(managedAccount(world, ask.open_kfid), listsOf(ask)),
  })),
  serve(kf.listServicers, ({ world }, ask) => ({
    servicer_list: listServicers(managedAccount(world, ask.open_kfid)),
  })),
  serve(kf.getServiceState, ({ world }, ask) => {
    managedAccount(world, ask.open_kfid)
    knownCustomer(world, ask.external_userid)
    const chat = findChat(world, ask.open_kfid, ask.external_userid)
    if (!chat) return { service_state: 4 as const }
    const { state, servicer } = sweep(world, chat)
    return { service_state: state, ...(state === 3 && servicer ? { servicer_userid: servicer } : {}) }
  }),
  serve(kf.transServiceState, ({ world }, ask) => {
    const account = managedAccount(world, ask.open_kfid)
    knownCustomer(world, ask.external_userid)
    const chat = chatOf(world, ask.open_kfid, ask.external_userid)
    return transfer(world, { account, chat, to: ask.service_state, servicer: ask.servicer_userid })
  }),
  serve(kf.batchGetKfCustomers, ({ world }, ask) =>
    batchGet(world, ask.external_userid_list, ask.need_enter_session_context === 1),
  ),
  serve(kf.getUpgradeServiceConfig, ({ world }) => ({
    member_range: { userid_list: world.corp.upgrade.userids, department_id_list: world.corp.upgrade.departments },
    groupchat_range: { chat_id_list: world.corp.upgrade.chats },
  })),
  serve(kf.upgradeService, ({ world }, ask) => {
    const whom = ask.type === 1 ? { userid: ask.member.userid } : { chatId: ask.groupchat.chat_id }
    upgradeService(world, { openKfId: ask.open_kfid, externalUserId: ask.external_userid, ...whom })
    return {}
  }),
  serve(kf.cancelUpgradeService, ({ world }, ask) => {
    managedAccount(world, ask.open_kfid)
    knownCustomer(world, ask.external_userid)
    chatOf(world, ask.open_kfid, ask.external_userid).upgrade = null
    return {}
  }),
]
