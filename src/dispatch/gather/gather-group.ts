import type { Pool } from 'pg'
import type { Membership } from '../arrival/group-step.ts'

/** A customers' group as our books have it. */
export type GroupBooks = {
  chatId: string
  owner: string | null
  /** WeCom's mark of who is in: of what the books hold, and the latest that an event named. */
  version: string | null
  toldVersion: string | null
  toldAt: Date | null
  dismissedAt: Date | null
  readAt: Date | null
}
type Known = { id: string; channel: string | null }
export type GatheredGroup = {
  /** Null for a group of which nothing is known yet. */
  group: GroupBooks | null
  /** Those asked about who are or were in it. */
  members: ReadonlyMap<string, Membership>
  /** Those asked about whom the bank knows as customers. */
  customers: ReadonlyMap<string, Known>
}

const query = {
  name: 'dispatch-gather-group',
  text: `select (select to_jsonb(g) from customer_groups g where g.chat_id = $1) as group,
           (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from group_members m where m.chat_id = $1 and m.member_id = any($2)) as members,
           (select coalesce(jsonb_agg(jsonb_build_object('name', c.external_userid, 'id', c.id::text, 'channel', c.channel)), '[]')
            from customers c where c.external_userid = any($2)) as customers`,
}
type Raw = Record<string, unknown>
type Row = { group: Raw | null; members: Raw[]; customers: (Known & { name: string })[] }

/** What we have of the group, and of these people in it. */
export const gatherGroup = async (pool: Pool, chatId: string, ids: readonly string[]): Promise<GatheredGroup> => {
  const { rows } = await pool.query<Row>({ ...query, values: [chatId, ids] })
  const row = rows[0] as Row
  return {
    group: row.group && groupFromRow(row.group),
    members: new Map(row.members.map((member) => [member['member_id'] as string, memberFromRow(member)])),
    customers: new Map(row.customers.map(({ name, ...known }) => [name, known])),
  }
}

const time = (value: unknown): Date | null => (value === null ? null : new Date(value as string))

const groupFromRow = (row: Raw): GroupBooks => ({
  chatId: row['chat_id'] as string,
  owner: row['owner'] as string | null,
  version: row['member_version'] as string | null,
  toldVersion: row['told_version'] as string | null,
  toldAt: time(row['told_at']),
  dismissedAt: time(row['dismissed_at']),
  readAt: time(row['read_at']),
})

const memberFromRow = (row: Raw): Membership => ({
  memberId: row['member_id'] as string,
  customer: row['customer'] as boolean,
  present: row['present'] as boolean,
  joinedAt: time(row['joined_at']),
  leftAt: time(row['left_at']),
  awaited: row['awaited'] as Membership['awaited'],
  scene: row['scene'] as number | null,
  invitor: row['invitor'] as string | null,
  state: row['state'] as string | null,
  unionid: row['unionid'] as string | null,
})
