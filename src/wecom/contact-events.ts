import { z } from 'zod'
import type { ExternalUserId } from './ids.ts'
import { AnsweredUserId } from './limits.ts'

const words = z.string().catch('')
/** A node that may be missing, or be there and empty: both mean that there is none. */
const maybe = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional().catch(undefined))
const customerId = z
  .string()
  .min(1)
  .max(64)
  .transform((id) => id as ExternalUserId)

/** A member (UserID) and a customer (ExternalUserID): the relation that the event is about. */
const relation = { UserID: AnsweredUserId, ExternalUserID: customerId }
/** `State`: of the contact way, or `customer_channel` of the acquisition link. `WelcomeCode`: good for one message, 20 s from CreateTime. */
const added = z.object({ ...relation, State: maybe, WelcomeCode: maybe })

/** https://developer.work.weixin.qq.com/document/path/92130 */
const contact = {
  /** They are friends now. Without a code when they chat already, were welcomed, or the console's own welcome is set. */
  'contact/add_external_contact': added,
  /** The customer added a member whose link needs no consent; the member has not confirmed yet. */
  'contact/add_half_external_contact': added,
  /** The member edited a remark or corp tags in the client; comes in storms. Never for what the API did. */
  'contact/edit_external_contact': z.object({ ...relation, State: maybe }),
  /** The member deleted the customer; `Source` is `DELETE_BY_TRANSFER` when a colleague took the customer over. */
  'contact/del_external_contact': z.object({ ...relation, Source: maybe }),
  /** The customer deleted or blocked the member. */
  'contact/del_follow_user': z.object(relation),
  /** A transfer did not happen: `customer_refused` or `customer_limit_exceed`. */
  'contact/transfer_fail': z.object({ ...relation, FailReason: words }),
  /** The customer agreed to the message archive. */
  'contact/msg_audit_approved': z.object({ ...relation, WelcomeCode: maybe }),
}

/** One, several or no ids, as a list. */
const Members = z
  .object({ Item: z.preprocess((value) => [value ?? []].flat(), z.array(z.string())) })
  .transform(({ Item }) => Item.filter((id) => id !== ''))
  .catch([])
const chat = { ChatId: z.string().min(1).max(256) }

const group = {
  'group/create': z.object(chat),
  /** `UpdateDetail`: add_member, del_member, change_owner, change_name or change_notice. `MemChangeList`: userids and external_userids. */
  'group/update': z.object({
    ...chat,
    UpdateDetail: words,
    JoinScene: maybe,
    QuitScene: maybe,
    MemChangeCnt: maybe,
    MemChangeList: Members,
    LastMemVer: maybe,
    CurMemVer: maybe,
  }),
  /** No events for the members who are thereby out. */
  'group/dismiss': z.object(chat),
}

/** `TagType`: `tag` or `tag_group`. */
const tagged = z.object({ Id: z.string().min(1), TagType: words, StrategyId: maybe })
const tag = {
  'tag/create': tagged,
  'tag/update': tagged,
  /** Of a group: its tags are gone, too, without events of their own. */
  'tag/delete': tagged,
  'tag/shuffle': z.object({ Id: maybe, StrategyId: maybe }),
}

const link = { LinkId: words, State: maybe }
const maybeRelation = {
  UserID: AnsweredUserId.optional().catch(undefined),
  ExternalUserID: customerId.optional().catch(undefined),
}
const nothing = z.object({})

/** https://developer.work.weixin.qq.com/document/path/97299 */
const acquisition = {
  /** Fewer than 20 customers are left of what was paid for. */
  'acquisition/balance_low': nothing,
  'acquisition/balance_exhausted': nothing,
  'acquisition/balance_increased': nothing,
  /** `ExpireTime` in Unix seconds. Comes 14, 7, 3, 2 and 1 days before. */
  'acquisition/quota_expire_soon': z.object({ ExpireTime: words, ExpireQuotaNum: words }),
  'acquisition/link_unavailable': z.object({ LinkId: words }),
  /** Deleted in the console; deleting by API sends no event. */
  'acquisition/delete_link': z.object({ LinkId: words }),
  /** Some business categories only. */
  'acquisition/open_profile': z.object(link),
  'acquisition/friend_request': z.object(link),
  /** The member got the customer's first message. */
  'acquisition/customer_start_chat': z.object({ ...relation, ...link }),
  /** The 3rd, 5th or 10th message; `ChatKey` tells more for 30 minutes. Since the end of 2024 without the two ids. */
  'acquisition/message_from_customer': z.object({ ...maybeRelation, ...link, ChatKey: words }),
  'acquisition/del_follow_user': z.object({ ...maybeRelation, ...link }),
}

/** What 客户联系 tells, by kind: the folder is the Event, the name the ChangeType. All values are text. */
export const contactSchemas = { ...contact, ...group, ...tag, ...acquisition }

/** WeCom's Event by the first part of a kind. The same ChangeType exists in two of them. */
const folders: Readonly<Record<string, string>> = {
  change_external_contact: 'contact',
  change_external_chat: 'group',
  change_external_tag: 'tag',
  customer_acquisition: 'acquisition',
}

/** `contact/add_external_contact` for Event `change_external_contact`, ChangeType `add_external_contact`; '' for other events. */
export const contactKind = (event: string, changeType: string): string => {
  const folder = Object.hasOwn(folders, event) ? folders[event] : undefined
  return folder ? `${folder}/${changeType}` : ''
}
