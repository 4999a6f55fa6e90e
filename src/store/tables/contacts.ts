import type { Generated } from 'kysely'
import type { JsonOrDefault, Now, Time } from './columns.ts'

/** 客户联系, as WeCom tells it. */
export type ContactTables = {
  contacts: {
    customer_id: string
    rm: string
    state: 'half' | 'active' | 'lost'
    since: Time
    added_at: Time | null
    first_added_at: Time | null
    lost_at: Time | null
    lost_by: 'customer' | 'manager' | 'transfer' | 'reconcile' | null
    wecom_state: string | null
    add_way: number | null
    remark: string | null
    tags: Generated<string[]>
    read_at: Time | null
  }
  tag_groups: { id: string; name: string; place: Generated<string> }
  tags: { id: string; group_id: string; name: string; place: Generated<string> }
  customer_groups: {
    chat_id: string
    name: string | null
    owner: string | null
    member_version: string | null
    created_at: Time | null
    dismissed_at: Time | null
    read_at: Time | null
    status: Generated<number>
    told_version: string | null
    told_at: Time | null
    listed_at: Time | null
    hidden_at: Time | null
  }
  group_members: {
    chat_id: string
    member_id: string
    customer: boolean
    joined_at: Time | null
    present: Generated<boolean>
    left_at: Time | null
    awaited: JsonOrDefault<{ what: 'joined' | 'left'; since: number; at: number }[]>
    scene: number | null
    invitor: string | null
    state: string | null
    unionid: string | null
  }
  sync_jobs: {
    name: 'contacts' | 'groups' | 'tags'
    due_at: Now
    lease_until: Time | null
    fence: Generated<string>
    progress: JsonOrDefault<Record<string, unknown>>
    started_at: Time | null
    finished_at: Time | null
    trouble: string | null
  }
}
