import type { PoolClient } from 'pg'
import type { Places } from './branches.ts'
import { countPerson, countedTables, type Counted } from './count-person.ts'
import type { Ground } from './ground.ts'
import type { Line } from './line.ts'
import { personsOf } from './persons.ts'
import { storeFunnel } from './store-funnel.ts'

type Definitions = Pick<Ground, 'definitions' | 'calendar'>

/** Counts these customers anew, from their first line to their last, and puts that in place of what was counted before. */
export const recount = async (tx: PoolClient, customers: readonly string[], it: Definitions): Promise<void> => {
  const persons = await personsOf(tx, customers)
  const members = persons.flatMap((one) => one.members)
  const lines = await linesOf(tx, members)
  const rms = [...new Set(lines.flatMap(({ rm }) => (rm === null ? [] : [rm])))]
  const ground = { ...it, places: await placesOf(tx, rms), undone: await undoneOf(tx, lines) }
  const byCustomer = Map.groupBy(lines, ({ customerId }) => customerId)
  const counted = persons.map(({ person, members: ids }) =>
    countPerson(person, inOrder(ids.map((id) => byCustomer.get(id) ?? [])), ground),
  )
  await storeFunnel(
    tx,
    members,
    counted.map(({ figure_journeys: journeys }) => journeys),
  )
  await replace(tx, members, counted)
}

/** Of one customer they come in order; of several they are put in order. */
const inOrder = (lists: Line[][]): Line[] => {
  if (lists.length === 1) return lists[0] as Line[]
  return lists.flat().toSorted((a, b) => a.at.getTime() - b.at.getTime() || (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
}

/** All that any figure looks at. What was said in messages is not there to be read. */
const linesOf = async (tx: PoolClient, customers: readonly string[]): Promise<Line[]> => {
  const { rows } = await tx.query<Line>(
    `select id, date_trunc('milliseconds', at) as at, kind, customer_id as "customerId", channel, rm,
       case when kind not like 'message.%' and kind not like 'conversation.%' then data end as data
     from touchpoints where customer_id = any($1::bigint[]) and (kind like 'app.%' or kind = any($2))
     order by 2, touchpoints.id`,
    [customers, kinds],
  )
  return rows
}

const kinds = [
  'entry.opened',
  'message.received',
  'message.replied',
  'conversation.routed',
  'conversation.queued',
  'contact.invited',
  'contact.added',
  'contact.confirmed',
  'contact.chatted',
  'contact.lost',
  'customer.described',
  'identity.joined',
]

const placesOf = async (tx: PoolClient, rms: readonly string[]): Promise<Places> => {
  const { rows } = await tx.query<{ rm: string; since: Date; branch: string }>(
    'select rm, since, branch from figure_places where rm = any($1) order by rm, since',
    [rms],
  )
  return Map.groupBy(rows, ({ rm }) => rm)
}

const undoneOf = async (tx: PoolClient, lines: readonly Line[]): Promise<Set<string>> => {
  const claims = lines.flatMap(({ kind, data }) => (kind === 'identity.joined' ? [String(data?.['claimId'])] : []))
  if (claims.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>(
    'select claim_id as id from figure_claims where undone and claim_id::text = any($1)',
    [claims],
  )
  return new Set(rows.map(({ id }) => id))
}

const replace = async (tx: PoolClient, members: readonly string[], counted: readonly Counted[]): Promise<void> => {
  for (const table of countedTables) {
    await tx.query(`delete from ${table} where person = any($1::bigint[])`, [members])
    const rows = counted.flatMap((one) => one[table])
    if (rows.length === 0) continue
    await tx.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ])
  }
}
