import type { Generated } from 'kysely'
import type { Id, Json, Now, Time } from './columns.ts'

/** What RMs have to do. */
export type TaskTables = {
  tasks: {
    id: Id
    kind: 'call-back' | 'left-message' | 'follow-up'
    state: Generated<'open' | 'done' | 'cancelled'>
    rm: string | null
    customer_id: string | null
    external_userid: string | null
    conversation_id: string | null
    title: string
    due_at: Time
    outcome: 'contacted' | 'appointed' | 'unreachable' | 'declined' | 'won' | null
    note: string | null
    created_by: 'rule' | 'handler' | 'rm' | 'admin'
    creator: string | null
    created_at: Now
    updated_at: Now
    reminded_at: Time | null
    snoozed: Generated<number>
    snoozed_until: Time | null
    done_at: Time | null
    done_by: string | null
    search: Json<unknown> | null
    alarmed_at: Time | null
  }
  day_lists: { rm: string; day: string }
}
