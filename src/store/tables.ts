import type { ColumnType, Generated, JSONColumnType } from 'kysely'

/** The tables as TypeScript sees them; tests compare this with what the migrations made. */
type Time = ColumnType<Date, Date | string, Date | string>
type Now = ColumnType<Date, Date | string | undefined, Date | string>
type JsonOrDefault<T> = ColumnType<T, string | undefined, string>
type Json<T> = JSONColumnType<T & object, string, string>
/** bigint columns come back as strings: ids of 64 bits do not fit a JavaScript number. */
type Id = Generated<string>

export type Tables = {
  installation: { one: Generated<boolean>; code: Generated<string>; installed_at: Now; corp_id: string | null }
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
  }
  group_members: { chat_id: string; member_id: string; customer: boolean; joined_at: Time }
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
  invitations: {
    id: Id
    state: Generated<string>
    customer_id: string
    external_userid: string
    rm: string
    open_kfid: string
    conversation_id: string | null
    by: 'rule' | 'after-service' | 'rm' | 'customer'
    channel: string | null
    campaign: string | null
    via: 'acquisition-link' | 'contact-way' | 'upgrade' | null
    created_at: Time
    sent_at: Time | null
    failed: string | null
    added_at: Time | null
    added_rm: string | null
    expires_at: Time
  }
  manager_links: {
    rm: string
    via: 'acquisition-link' | 'contact-way'
    ref: string | null
    url: string | null
    state: Generated<string>
    asking_until: Time | null
    trouble: string | null
    trouble_at: Time | null
    created_at: Now
  }
  acquisition_quota: {
    one: Generated<boolean>
    total: number | null
    balance: number | null
    batches: JsonOrDefault<{ expiresAt: string; balance: number }[]>
    trouble: string | null
    read_at: Time
  }
  welcomes: {
    id: Id
    external_userid: string
    rm: string
    half: boolean
    rule: string
    code_at: Time
    outcome: Generated<'waiting' | 'delivered' | 'already' | 'missed' | 'refused'>
    delay_ms: number | null
    settled_at: Time | null
  }
  media_uploads: {
    file: string
    type: 'image' | 'video' | 'file'
    digest: string
    media_id: string | null
    uploaded_at: Time | null
    expires_at: Time | null
    trouble: string | null
  }
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
    first_reply_at: Time | null
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
  }
  day_lists: { rm: string; day: string }
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
  figure_progress: {
    one: Generated<boolean>
    upto: Generated<string>
    config: Generated<string>
    counted_at: Time | null
  }
  figure_dirty: { customer_id: string }
  figure_claims: {
    claim_id: string
    customer_id: string | null
    other_id: string | null
    joined: Generated<boolean>
    undone: Generated<boolean>
  }
  figure_places: { rm: string; since: Time; branch: string }
  figure_journeys: {
    person: string
    day: string
    week: string
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    stages: number
    pairs: number
    several: boolean
  }
  figure_funnel: { dimension: string; key: string | null; bit: number; day: string; before: string; n: number }
  figure_credits: {
    person: string
    goal: string
    day: string
    week: string
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    is_first: boolean
    is_last: boolean
    touches: number
  }
  figure_connections: {
    person: string
    rm: string
    branch: string | null
    channel: string | null
    campaign: string | null
    added_at: Time
    day: string
    week: string
    is_first: boolean
    client: boolean
    spoke: boolean
    lost_at: Time | null
  }
  figure_people: {
    person: string
    first_at: Time
    since: string
    connected_at: Time | null
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
  }
  figure_segments: { person: string; since: Time; segment: string }
  figure_activity: { person: string; week: string; touches: number }
  figure_values: { person: string; kind: string; at: Time }
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
}
