import type { Generated } from 'kysely'
import type { Id, Json, JsonOrDefault, Time } from './columns.ts'

/** What is said in chats with 微信客服. */
export type ConversationTables = {
  conversations: {
    id: Id
    open_kfid: string
    external_userid: string
    customer_id: string
    status: 'bot' | 'queued' | 'offered' | 'assigned' | 'closed'
    rm: string | null
    channel: string | null
    rule: string | null
    step: Generated<number>
    step_since: Time | null
    waiting_reason: string | null
    units: Generated<number>
    work: string | null
    priority: Generated<number>
    ageing: Generated<number>
    respond_by: Time | null
    opened_at: Time
    routed_at: Time | null
    assigned_at: Time | null
    /** The present RM's: the first-reply guarantee begins anew with each of them. */
    first_reply_at: Time | null
    /** The first answer of any RM in this conversation, and whose it was. */
    answered_at: Time | null
    answered_by: string | null
    closed_at: Time | null
    excluded: JsonOrDefault<Record<string, string>>
    facts: JsonOrDefault<Record<string, unknown>>
    left_message: Generated<boolean>
    /** The RM answers through the bot. */
    relay: Generated<boolean>
    version: Generated<number>
  }
  kf_chats: {
    open_kfid: string
    external_userid: string
    last_customer_at: Time | null
    sent_since: Generated<number>
    entered_at: Time | null
    entry: Json<Record<string, unknown>>
    last_rm: string | null
    last_rm_at: Time | null
  }
  messages: {
    id: string
    conversation_id: string | null
    open_kfid: string
    external_userid: string
    at: Time
    seq: Id
    sender: 'customer' | 'rm' | 'bot' | 'system'
    rm: string | null
    type: string
    text: string | null
    payload: Json<unknown>
    status: 'received' | 'accepted' | 'failed' | 'recalled'
  }
}
