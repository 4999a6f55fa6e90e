import { z } from 'zod'
import type { Act } from './act.ts'
import { act, id } from './act.ts'

const ids = z.array(id).min(1)
const count = z.int().min(0)
const groupMembers = z.strictObject({ chatId: id, ids })

const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]: Exclude<Fields[Key], undefined>
  }

/** Codes, links, the quota and the tag library in the console. */
const ofAdmins: Act[] = [
  act(
    'contacts/make-way',
    z.strictObject({
      users: ids,
      state: z.string().max(30).default(''),
      skipVerify: z.boolean().default(true),
      remark: z.string().max(30).default(''),
    }),
    (control, ask) => control.contacts.makeWay(ask),
  ),
  act(
    'contacts/make-link',
    z.strictObject({ name: z.string().min(1), users: ids, skipVerify: z.boolean().default(true) }),
    (control, ask) => control.contacts.makeLink(ask),
  ),
  act('contacts/delete-link', z.strictObject({ linkId: id }), (control, ask) =>
    control.contacts.deletesLink(ask.linkId),
  ),
  act('contacts/quota', z.strictObject({ balance: count, days: count.optional() }), (control, ask) =>
    control.contacts.setQuota(ask.balance, ask.days),
  ),
  act('contacts/quota-expiring', z.strictObject({}), (control) => control.contacts.tellExpiring()),
  act('contacts/add-tags', z.strictObject({ group: id, names: ids }), (control, ask) =>
    control.contacts.addTags(ask.group, ask.names),
  ),
  act('contacts/rename-tag', z.strictObject({ id, name: id }), (control, ask) =>
    control.contacts.renamesTag(ask.id, ask.name),
  ),
  act('contacts/delete-tags', z.strictObject({ ids }), (control, ask) => control.contacts.deletesTags(ask.ids)),
  act('contacts/delete-tag-group', z.strictObject({ id }), (control, ask) => control.contacts.deletesTagGroup(ask.id)),
  act('contacts/shuffle-tags', z.strictObject({ group: z.string().default('') }), (control, ask) =>
    control.contacts.shufflesTags(ask.group),
  ),
  act(
    'contacts/retag',
    z.strictObject({ userid: id, customers: ids, add: ids.optional(), remove: ids.optional() }),
    (control, { userid, customers, ...edit }) => control.contacts.retags(userid, customers, edit),
  ),
]

/** Customers given away, people who leave, bad luck. */
const ofFate: Act[] = [
  act('contacts/assign', z.strictObject({ customer: id, userid: id }), (control, ask) =>
    control.contacts.assigns(ask.customer, ask.userid),
  ),
  act('contacts/share', z.strictObject({ customer: id, from: id, to: id }), (control, ask) =>
    control.contacts.shares(ask.customer, ask.from, ask.to),
  ),
  act('contacts/refuse-transfer', z.strictObject({ customer: id }), (control, ask) =>
    control.contacts.refusesTransfer(ask.customer),
  ),
  act('contacts/leave', z.strictObject({ userid: id }), (control, ask) => control.contacts.leaves(ask.userid)),
  act('contacts/lose', z.strictObject({ callbacks: count }), (control, ask) => control.contacts.loses(ask.callbacks)),
  act('contacts/other-app-sends', z.strictObject({ code: id }), (control, ask) =>
    control.contacts.otherAppSends(ask.code),
  ),
  act('contacts/other-app-done', z.strictObject({ code: id, sent: z.boolean() }), (control, ask) =>
    control.contacts.otherAppDone(ask.code, ask.sent),
  ),
]

const ofGroups: Act[] = [
  act(
    'groups/create',
    z.strictObject({ owner: id, name: id.optional(), members: ids.optional() }),
    (control, { owner, ...rest }) => ({ chatId: control.contacts.groups.create({ owner, ...given(rest) }) }),
  ),
  act(
    'groups/join',
    groupMembers.extend({ scene: z.literal([1, 2, 3]).default(1), state: z.string().default('') }),
    (control, { chatId, ids: joining, ...rest }) => control.contacts.groups.joins(chatId, joining, rest),
  ),
  act('groups/leave', groupMembers, (control, ask) => control.contacts.groups.leaves(ask.chatId, ask.ids)),
  act('groups/remove', groupMembers, (control, ask) => control.contacts.groups.removes(ask.chatId, ask.ids)),
  act('groups/rename', z.strictObject({ chatId: id, name: id }), (control, ask) =>
    control.contacts.groups.renames(ask.chatId, ask.name),
  ),
  act('groups/notice', z.strictObject({ chatId: id, notice: z.string() }), (control, ask) =>
    control.contacts.groups.notices(ask.chatId, ask.notice),
  ),
  act('groups/owner', z.strictObject({ chatId: id, owner: id }), (control, ask) =>
    control.contacts.groups.changesOwner(ask.chatId, ask.owner),
  ),
  act('groups/dismiss', z.strictObject({ chatId: id }), (control, ask) =>
    control.contacts.groups.dismisses(ask.chatId),
  ),
]

export const contactFateActs: Act[] = [...ofAdmins, ...ofFate, ...ofGroups]
