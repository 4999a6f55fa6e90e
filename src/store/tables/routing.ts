import type { Generated } from 'kysely'
import type { Id, Json, Now, Time } from './columns.ts'

/** Rules and what was decided by them. */
export type RoutingTables = {
  decisions: {
    id: Id
    at: Time
    conversation_id: string
    inbox_id: string
    ruleset_version: number
    rule: string | null
    outcome: 'assigned' | 'offered' | 'queued' | 'left-message' | 'bot'
    rm: string | null
    explanation: Json<unknown>
  }
  rulesets: {
    version: Generated<number>
    ruleset: Json<unknown>
    origin: string
    author: string
    created_at: Now
    active: Generated<boolean>
    activated_at: Time | null
    activate_at: Time | null
    approved_by: string | null
    note: string | null
    needs_approval: Generated<boolean>
    approved_at: Time | null
    activated_by: string | null
    withdrawn_by: string | null
  }
  routing_settings: {
    one: Generated<boolean>
    approval: Generated<'none' | 'required'>
    changed_by: string | null
    changed_at: Time | null
  }
}
