import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { AppTouchpoint } from './ingest.ts'

type Kind = AppTouchpoint['who']['kind']
type Found = { id: string; externalUserId: string | null; channel: string | null; name: string }
type Said = { name: string; channel: string | null }

/**
 * The customers of these touchpoints by `kind:value`; those never heard of are made. Whom a program of the bank's calls by his
 * client number is a client. The channel of somebody's first touch is kept.
 */
export const ingestCustomers = async (db: Db, touchpoints: readonly AppTouchpoint[]): Promise<Map<string, Found>> => {
  const customers = new Map<string, Found>()
  for (const kind of ['external_userid', 'client_no', 'unionid'] as const) {
    const said = saidOf(touchpoints, kind)
    if (said.length === 0) continue
    await make(db, kind, said)
    const found = await find(db, kind, said)
    for (const one of found) customers.set(`${kind}:${one.name}`, one)
    await attribute(db, found, said)
  }
  return customers
}

/** Each name once with the channel of its earliest touchpoint that has one, in the order of the names. */
const saidOf = (touchpoints: readonly AppTouchpoint[], kind: Kind): Said[] => {
  const said = new Map<string, string | null>()
  const inTime = touchpoints.filter(({ who }) => who.kind === kind).toSorted((a, b) => a.at.getTime() - b.at.getTime())
  for (const { who, channel } of inTime) said.set(who.value, said.get(who.value) ?? channel)
  return [...said].map(([name, channel]) => ({ name, channel })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const make = async (db: Db, kind: Kind, said: readonly Said[]): Promise<void> => {
  const column = sql.ref(kind)
  await sql`insert into customers (${column}, channel, known)
    select g.name, g.channel, ${kind === 'client_no'} from unnest(${said.map(({ name }) => name)}::text[],
      ${said.map(({ channel }) => channel)}::text[]) as g (name, channel)
    where not exists (select from customers c where c.${column} = g.name) on conflict (${column}) do nothing`.execute(
    db,
  )
}

const find = async (db: Db, kind: Kind, said: readonly Said[]): Promise<Found[]> => {
  const { rows } = await sql<Found>`select id, external_userid as "externalUserId", channel, ${sql.ref(kind)} as name
    from customers where ${sql.ref(kind)} = any(${said.map(({ name }) => name)}::text[])`.execute(db)
  return rows
}

/** Whoever was known without a channel has one now. */
const attribute = async (db: Db, found: readonly Found[], said: readonly Said[]): Promise<void> => {
  const channels = new Map(said.map(({ name, channel }) => [name, channel]))
  const gained = found.filter(({ channel, name }) => channel === null && channels.get(name))
  if (gained.length === 0) return
  const ids = gained.map(({ id }) => id)
  // Locked by id first: two calls about the same customers wait for each other, never in a circle.
  await sql`with locked as materialized (select id from customers where id = any(${ids}::bigint[]) order by id for update)
    update customers c set channel = g.channel from locked,
      unnest(${ids}::bigint[], ${gained.map(({ name }) => channels.get(name))}::text[]) as g (id, channel)
    where c.id = locked.id and c.id = g.id and c.channel is null`.execute(db)
}
