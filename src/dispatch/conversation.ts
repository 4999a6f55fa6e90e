/** A customer's matter with one kf account, from his first message until it is closed. `id` is null until it is stored. */
export type Conversation = {
  id: string | null
  openKfId: string
  externalUserId: string
  customerId: string
  status: 'bot' | 'queued' | 'offered' | 'assigned' | 'closed'
  rm: string | null
  channel: string | null
  rule: string | null
  step: number
  stepSince: Date | null
  waitingReason: string | null
  /** What it takes of the RM's capacity, in kf conversations. */
  units: number
  /** The kind of work it is, by its rule. */
  work: string | null
  /** Minutes of head start in the queue. */
  priority: number
  /** What a waited minute counts in the queue. */
  ageing: number
  /** Until when its response target wants it answered. */
  respondBy: Date | null
  openedAt: Date
  routedAt: Date | null
  assignedAt: Date | null
  /** The first reply of the RM who has it, for his guarantee: null again when another takes over. */
  firstReplyAt: Date | null
  /** The first answer of any RM, and whose it was. */
  answeredAt: Date | null
  answeredBy: string | null
  closedAt: Date | null
  /** RMs who are out for this conversation, with the reason. */
  excluded: Record<string, string>
  /** The facts of the customer's last message: what a later look at the queue decides on. */
  facts: Record<string, unknown>
  leftMessage: boolean
  /** The RM is no servicer of the account: the bot keeps the session and passes on what both write. */
  relay: boolean
  /** Counts changes; a turn that was prepared on an older version is prepared again. */
  version: number
}

type Row = Record<string, unknown>
const time = (value: unknown) => (value === null || value === undefined ? null : new Date(value as string | Date))

export const conversationFromRow = (row: Row): Conversation => ({
  id: String(row['id']),
  openKfId: row['open_kfid'] as string,
  externalUserId: row['external_userid'] as string,
  customerId: String(row['customer_id']),
  status: row['status'] as Conversation['status'],
  rm: row['rm'] as string | null,
  channel: row['channel'] as string | null,
  rule: row['rule'] as string | null,
  step: row['step'] as number,
  stepSince: time(row['step_since']),
  waitingReason: row['waiting_reason'] as string | null,
  units: Number(row['units']),
  work: row['work'] as string | null,
  priority: Number(row['priority']),
  ageing: Number(row['ageing']),
  respondBy: time(row['respond_by']),
  openedAt: time(row['opened_at']) as Date,
  routedAt: time(row['routed_at']),
  assignedAt: time(row['assigned_at']),
  firstReplyAt: time(row['first_reply_at']),
  answeredAt: time(row['answered_at']),
  answeredBy: row['answered_by'] as string | null,
  closedAt: time(row['closed_at']),
  excluded: (row['excluded'] ?? {}) as Record<string, string>,
  facts: (row['facts'] ?? {}) as Record<string, unknown>,
  leftMessage: row['left_message'] as boolean,
  relay: row['relay'] as boolean,
  version: row['version'] as number,
})

type Opening = { openKfId: string; externalUserId: string; customerId: string; channel: string | null; at: Date }

/** A conversation that begins: the bot has it, nobody was asked yet. */
export const openConversation = (opening: Opening): Conversation => ({
  id: null,
  openKfId: opening.openKfId,
  externalUserId: opening.externalUserId,
  customerId: opening.customerId,
  status: 'bot',
  rm: null,
  channel: opening.channel,
  rule: null,
  step: 0,
  stepSince: null,
  waitingReason: null,
  units: 1,
  work: null,
  priority: 0,
  ageing: 1,
  respondBy: null,
  openedAt: opening.at,
  routedAt: null,
  assignedAt: null,
  firstReplyAt: null,
  answeredAt: null,
  answeredBy: null,
  closedAt: null,
  excluded: {},
  facts: {},
  leftMessage: false,
  relay: false,
  version: 0,
})
