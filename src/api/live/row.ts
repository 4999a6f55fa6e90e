import { sql } from 'kysely'
import type { Outcome, WaitingReason } from '../../routing/model.ts'
import type { Db } from '../../store/open.ts'
import type { LivePosition } from './position.ts'

/** What a decision says in one line: the rule, whom the step asked for, and how busy the chosen RM was. */
export type LiveDecision = {
  outcome: Outcome
  rule: string | null
  ruleName: string | null
  waitingReason: WaitingReason | null
  /** The target of the last step that was tried, as the rule set writes it. */
  to: string | null
  poolName: string | null
  load: number | null
  capacity: number | null
}

/** A touchpoint as the live line shows it, with the names that belong to its ids. */
export type LiveRow = {
  id: string
  at: Date
  kind: string
  externalUserId: string | null
  customerId: string | null
  channel: string | null
  channelName: string | null
  rm: string | null
  conversationId: string | null
  sourceId: string | null
  data: Record<string, unknown>
  customerName: string | null
  rmName: string | null
  formerRmName: string | null
  /** The branches of its RM, its customer and the customer's owner: who of them is the supervisor's, makes it his. */
  branches: (string | null)[]
  decision: LiveDecision | null
}

type Span = { after: bigint; upTo?: bigint; among?: readonly bigint[]; except?: readonly bigint[]; limit: number }

/**
 * Rows that may now be seen, by id: those `after` an id (and `upTo` one), and those `among` the ids that were
 * passed over. A decision is found by its id in the line's data; its pool's name stands in the rule set it was made
 * by.
 */
export const readLiveRows = async (
  db: Db,
  { after, upTo, among = [], except = [], limit }: Span,
): Promise<LiveRow[]> => {
  const end =
    upTo === undefined ? sql`` : sql`and id <= ${String(upTo)}::bigint and id <> all(${except.map(String)}::bigint[])`
  const { rows } = await sql<LiveRow>`
    select t.id, t.at, t.kind, t.external_userid as "externalUserId", t.customer_id as "customerId", t.channel, h.name as "channelName", t.rm,
      t.conversation_id as "conversationId", t.source_id as "sourceId", t.data, coalesce(c.firm_name, c.name) as "customerName", r.name as "rmName",
      f.name as "formerRmName", array[r.branch, c.branch, o.branch] as branches, ${decision} as decision
    from (
      (select * from touchpoints where id > ${String(after)}::bigint ${end} order by id limit ${limit})
      union all select * from touchpoints where id = any(${among.map(String)}::bigint[])) t
    left join customers c on c.id = t.customer_id
    left join channels h on h.key = t.channel
    left join rms r on r.userid = t.rm
    left join rms f on f.userid = t.data ->> 'from'
    left join rms o on o.userid = c.owner
    left join decisions d on t.kind like 'conversation.%' and d.id = case
      when t.data ->> 'decisionId' ~ '^\\d{1,18}$' then (t.data ->> 'decisionId')::bigint end
    order by t.id limit ${limit}`.execute(db)
  return rows
}

const decision = sql`case when d.id is not null then (
  select jsonb_build_object(
    'outcome', d.outcome, 'rule', d.rule, 'ruleName', d.explanation -> 'ruleName',
    'waitingReason', d.explanation -> 'waitingReason', 'to', d.explanation -> 'steps' -> -1 -> 'to',
    'poolName', (
      select s.ruleset #> array['pools', d.explanation ->> 'pool', 'name'] from rulesets s where s.version = d.ruleset_version),
    'load', chosen.value -> 'load', 'capacity', chosen.value -> 'capacity')
  from (select 1) one
  left join lateral (
    select value from jsonb_array_elements(
      case jsonb_typeof(d.explanation -> 'candidates') when 'array' then d.explanation -> 'candidates' else '[]' end)
    where value ->> 'rm' = d.rm limit 1) chosen on true) end`

/**
 * Where the line begins for somebody who comes now: after the newest row, with the ids that are still under way
 * before it.
 */
export const readNewestIds = async (db: Db): Promise<bigint[]> => {
  const { rows } = await sql<{ id: string }>`select id from touchpoints order by id desc limit 100`.execute(db)
  return rows.map((row) => BigInt(row.id)).toReversed()
}

/**
 * The rows between two positions: what a client that comes back has missed. What `to` still waits for is told by
 * the line.
 */
export const readMissed = (
  db: Db,
  { from, to, limit }: { from: LivePosition; to: LivePosition; limit: number },
): Promise<LiveRow[]> =>
  readLiveRows(db, {
    after: from.last,
    upTo: to.last,
    among: [...from.missing.keys()].filter((id) => id <= to.last && !to.missing.has(id)),
    except: [...to.missing.keys()],
    limit,
  })
