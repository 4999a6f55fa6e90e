import * as contact from '../../wecom/endpoints/contact.ts'
import { addLink, chatOfKey, deleteLink, linkStatistic, ownLink, updateLink } from '../model/acquisition-links.ts'
import type { NewLink } from '../model/acquisition-links.ts'
import { quotaAnswer } from '../model/acquisition-quota.ts'
import { day, seconds } from '../model/clock.ts'
import { contactMember } from '../model/contact-range.ts'
import type { AcquisitionLink, ContactWay } from '../model/contact-types.ts'
import { addWay, deleteWay, qrOf, updateWay, wayOf } from '../model/contact-ways.ts'
import type { NewWay } from '../model/contact-ways.ts'
import { pageOf } from '../model/cursor.ts'
import type { World } from '../model/world.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

type Changes = {
  style?: number | undefined
  remark?: string | undefined
  skip_verify?: boolean | undefined
  state?: string | undefined
  user?: string[] | undefined
  party?: number[] | undefined
  is_exclusive?: boolean | undefined
}

const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>
  }

const changesOf = (ask: Changes): Partial<NewWay> =>
  given({
    style: ask.style,
    remark: ask.remark,
    skipVerify: ask.skip_verify,
    state: ask.state,
    users: ask.user,
    parties: ask.party,
    exclusive: ask.is_exclusive,
  })

const shownWay = (way: ContactWay) => ({
  config_id: way.configId,
  type: way.type,
  scene: way.scene,
  ...(way.style === null ? {} : { style: way.style }),
  remark: way.remark,
  skip_verify: way.skipVerify,
  state: way.state,
  ...(way.scene === 2 ? { qr_code: qrOf(way) } : {}),
  user: way.users,
  party: way.parties,
  is_temp: false,
  is_exclusive: way.exclusive,
})

const listed = 90 * day
const waysBetween = (world: World, ask: { start_time?: number | undefined; end_time?: number | undefined }) => {
  const from = (ask.start_time ?? seconds(world.now() - listed)) * 1000
  const to = (ask.end_time ?? seconds(world.now()) + 1) * 1000
  return [...world.contacts.ways.values()].filter(({ createdAt }) => createdAt >= from && createdAt <= to)
}

const shownLink = (link: AcquisitionLink) => ({
  link_id: link.linkId,
  link_name: link.name,
  url: link.url,
  create_time: seconds(link.createdAt),
})

type LinkAsk = {
  link_name?: string | undefined
  range?: { user_list?: string[] | undefined; department_list?: number[] | undefined } | undefined
  skip_verify?: boolean | undefined
  priority_option?: { priority_type: number; priority_userid_list?: string[] | undefined } | undefined
}
/** The range is replaced as a whole. */
const linkOf = ({ link_name, range, skip_verify, priority_option: option }: LinkAsk): Partial<NewLink> =>
  given({
    name: link_name,
    users: range && (range.user_list ?? []),
    parties: range && (range.department_list ?? []),
    skipVerify: skip_verify,
    priority: option && { type: option.priority_type, userids: option.priority_userid_list ?? [] },
  })

const chatStatus = (world: World, row: { userid: string; externalUserId: string }): number =>
  (world.contacts.relations.get(row.userid)?.get(row.externalUserId)?.received ?? 0) > 0 ? 1 : 0

/** Contact ways and acquisition links. */
export const contactWayAnswers: Served[] = [
  serve(contact.addContactWay, ({ world }, ask) => {
    const lists = { users: ask.user ?? [], parties: ask.party ?? [] }
    const way = addWay(world, { type: ask.type, scene: ask.scene, ...changesOf(ask), ...lists })
    return { config_id: way.configId, ...(way.scene === 2 ? { qr_code: qrOf(way) } : {}) }
  }),
  serve(contact.getContactWay, ({ world }, ask) => ({ contact_way: shownWay(wayOf(world, ask.config_id)) })),
  serve(contact.listContactWays, ({ world }, ask) => {
    const paging = { list: 'ways', cursor: ask.cursor, limit: ask.limit ?? 100 }
    const { rows, next_cursor } = pageOf(waysBetween(world, ask), paging)
    return { contact_way: rows.map(({ configId }) => ({ config_id: configId })), next_cursor }
  }),
  serve(contact.updateContactWay, ({ world }, ask) => {
    updateWay(world, ask.config_id, changesOf(ask))
    return {}
  }),
  serve(contact.deleteContactWay, ({ world }, ask) => {
    deleteWay(world, ask.config_id)
    return {}
  }),
  serve(
    contact.listAcquisitionLinks,
    ({ world }, ask) => {
      const own = [...world.contacts.links.values()].filter((link) => link.byApp && link.available)
      const { rows, next_cursor } = pageOf(own, { list: 'links', cursor: ask.cursor, limit: ask.limit ?? 100 })
      return { link_id_list: rows.map(({ linkId }) => linkId), next_cursor }
    },
    { link_id_list: [] },
  ),
  serve(contact.getAcquisitionLink, ({ world }, ask) => {
    const link = ownLink(world, ask.link_id)
    const { type, userids } = link.priority ?? { type: 0, userids: [] }
    const priority = { priority_type: type, priority_userid_list: userids }
    return {
      link: { ...shownLink(link), skip_verify: link.skipVerify },
      range: { user_list: link.users, department_list: link.parties },
      ...(link.priority ? { priority_option: priority } : {}),
    }
  }),
  serve(contact.createAcquisitionLink, ({ world }, ask) => {
    for (const userid of ask.priority_option?.priority_userid_list ?? []) contactMember(world, userid)
    const lists = { users: ask.range.user_list ?? [], parties: ask.range.department_list ?? [] }
    return { link: shownLink(addLink(world, { name: ask.link_name, ...linkOf(ask), ...lists })) }
  }),
  serve(contact.updateAcquisitionLink, ({ world }, ask) => {
    updateLink(world, ask.link_id, linkOf(ask))
    return {}
  }),
  serve(contact.deleteAcquisitionLink, ({ world }, ask) => {
    deleteLink(world, ask.link_id, 'app')
    return {}
  }),
  serve(
    contact.listAcquisitionCustomers,
    ({ world }, ask) => {
      const { customers } = ownLink(world, ask.link_id)
      const paging = { list: `link ${ask.link_id}`, cursor: ask.cursor, limit: ask.limit ?? 1000 }
      const { rows, next_cursor } = pageOf(customers, paging)
      const list = rows.map(({ userid, externalUserId, state }) => ({
        external_userid: externalUserId,
        userid,
        chat_status: chatStatus(world, { userid, externalUserId }),
        state,
      }))
      return { customer_list: list, next_cursor }
    },
    { customer_list: [] },
  ),
  serve(contact.getAcquisitionStatistic, ({ world }, ask) =>
    linkStatistic(world, { linkId: ask.link_id, from: ask.start_time, to: ask.end_time }),
  ),
  serve(contact.getAcquisitionChat, ({ world }, ask) => {
    const { userid, externalUserId, received, linkId } = chatOfKey(world, ask.chat_key)
    const state = world.contacts.relations.get(userid)?.get(externalUserId)?.state ?? ''
    return { userid, external_userid: externalUserId, chat_info: { recv_msg_cnt: received, link_id: linkId, state } }
  }),
  serve(contact.getAcquisitionQuota, ({ world }) => quotaAnswer(world)),
]
