import type { Generated } from 'kysely'
import type { Id, Json, Now, Time } from './columns.ts'

/** What every part stands on: accounts and keys, the way in and out, the ledger. */
export type CoreTables = {
  installation: { one: Generated<boolean>; code: Generated<string>; installed_at: Now; corp_id: string | null }
  api_keys: {
    id: Id
    name: string
    role: 'admin' | 'security' | 'supervisor' | 'rm' | 'auditor' | 'app'
    branch: string | null
    rm: string | null
    hash: string
    created_at: Now
    last_used_at: Time | null
  }
  kf_accounts: {
    open_kfid: string
    name: Generated<string>
    managed: Generated<boolean>
    cursor: Generated<string>
    history_before: Time | null
    lease_until: Time | null
    fence: Generated<string>
    poll_at: Now
    pulled_at: Time | null
    cursor_at: Time | null
    received: Generated<string>
    trouble: string | null
  }
  kf_gaps: { open_kfid: string; since: Time; until: Time }
  inbox: {
    id: Id
    kind: string
    key: string
    subject: string
    lane: Generated<number>
    payload: Json<unknown>
    occurred_at: Time
    received_at: Now
    state: Generated<'new' | 'rung' | 'done' | 'ignored' | 'dead'>
    due_at: Now
    lease_until: Time | null
    fence: Generated<string>
    attempts: Generated<number>
    error: string | null
    done_at: Time | null
    front: Generated<boolean>
  }
  books: {
    one: Generated<boolean>
    inbox_id: Generated<string>
    touchpoint_id: Generated<string>
    received: Generated<string>
    stored: Generated<string>
    decided: Generated<string>
    inbox_mark: Generated<string>
    touchpoint_mark: Generated<string>
    marked_at: Now
  }
  books_open: { inbox_id: string }
  outbox: {
    id: Id
    kind: string
    subject: string
    lane: Generated<number>
    payload: Json<unknown>
    conversation_id: string | null
    inbox_id: string | null
    created_at: Now
    not_after: Time | null
    state: Generated<'new' | 'done' | 'failed' | 'expired'>
    due_at: Now
    lease_until: Time | null
    fence: Generated<string>
    attempts: Generated<number>
    reported: Generated<number>
    uncertain: Generated<boolean>
    error: string | null
    answer: Json<unknown> | null
    done_at: Time | null
    front: Generated<boolean>
  }
  timers: { key: string; kind: string; subject: string; due_at: Time; payload: Json<unknown> }
  touchpoints: {
    id: Id
    at: Time
    kind: string
    external_userid: string | null
    customer_id: string | null
    channel: string | null
    rm: string | null
    conversation_id: string | null
    source_id: string | null
    data: Json<Record<string, unknown>>
  }
}
