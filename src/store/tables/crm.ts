import type { Generated } from 'kysely'
import type { Id, Json, JsonOrDefault, Now, Time } from './columns.ts'

/** RMs, customers and where they come from. */
export type CrmTables = {
  rms: {
    userid: string
    name: string
    branch: Generated<string>
    skills: Json<Record<string, number>>
    lines: Generated<string[]>
    licences: Json<{ code: string; expiresOn: string }[]>
    capacity: Generated<number>
    deputy: string | null
    on_duty: Generated<boolean>
    duty_since: Now
    load: Generated<number>
    last_assigned_at: Time | null
    missed: Generated<number>
    paused_at: Time | null
    supervises: string | null
    daily_new_cap: number | null
    new_today: Generated<number>
    new_day: string | null
    profile: JsonOrDefault<Record<string, number>>
    in_hand: JsonOrDefault<Record<string, number>>
    /** The conversation that his plain words go to, of several that he answers through the bot. */
    relay_focus: string | null
    greeted_on: string | null
    updated_at: Now
  }
  servicers: {
    open_kfid: string
    userid: string
    status: 'receiving' | 'stopped' | 'suspended' | 'unknown'
    since: Now
  }
  customers: {
    id: Id
    external_userid: string | null
    client_no: string | null
    unionid: string | null
    name: string | null
    kind: Generated<'person' | 'sme'>
    tier: string | null
    owner: string | null
    branch: string | null
    tags: Generated<string[]>
    avoid: Generated<string[]>
    firm_no: string | null
    firm_name: string | null
    channel: string | null
    known: Generated<boolean>
    /** The customer that this row turned out to be; it stays because the ledger refers to it. */
    merged_into: string | null
    /** When WeCom was first asked for his profile. */
    profile_asked_at: Time | null
    /** He wants no invitations to add a manager. */
    invites_declined_at: Time | null
    first_seen_at: Now
    updated_at: Now
  }
  firms: {
    firm_no: string
    name: string
    lead_rm: string | null
    co_rms: Generated<string[]>
    branch: string | null
    updated_at: Now
  }
  notes: {
    id: Id
    customer_id: string
    conversation_id: string | null
    rm: string
    text: string
    at: Time
  }
  channels: {
    key: string
    name: string
    kind: 'app' | 'h5' | 'mini-program' | 'branch' | 'sms' | 'partner' | 'other'
    open_kfid: string
    created_at: Now
    updated_at: Now
  }
  kf_links: { open_kfid: string; scene: string; url: string | null; asking_until: Time | null; created_at: Now }
  identity_claims: {
    id: Id
    at: Time
    customer_id: string
    kind: 'client_no' | 'unionid'
    value: string
    via: 'entry' | 'profile' | 'bank' | 'import'
    source_id: string | null
    outcome: 'set' | 'merged' | 'conflict'
    reason: 'taken' | 'has-another' | 'names-differ' | 'undone-before' | null
    other_id: string | null
    before: Json<unknown> | null
    times: Generated<number>
    last_at: Time
    undone_at: Time | null
    undone_by: string | null
  }
  app_touchpoint_keys: { key: string; received_at: Now }
}
