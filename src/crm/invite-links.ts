import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { WecomError } from '../wecom/error.ts'

export type LinkKind = 'acquisition-link' | 'contact-way'
/** What WeCom gave: its id of the link, and the address that a customer opens. */
export type MadeLink = { ref: string; url: string }
type Wanted = { rm: string; via: LinkKind }
type Invite = { rm: string; state: string; ways: readonly string[] }

type Parts = {
  db: Db
  /** Makes a link at WeCom; another one at each call. `state` is what a contact way gives back. */
  make: (wanted: Wanted & { state: string }) => Promise<MadeLink>
  pause: (ms: number) => Promise<void>
}

/** Longer than a call to WeCom with its repeats (12 s). */
const askingS = 15
const waitMs = 100
const mostWaits = 30
const ways: readonly string[] = ['acquisition-link', 'contact-way'] satisfies LinkKind[]
const passing = ['retry', 'back_off', 'refresh_token']

/**
 * The link for an invitation: the first of its ways that has one. One link per RM and way is made when it is first needed and
 * kept, for WeCom counts them. An acquisition link carries the invitation's own state; a contact way carries that of the RM's way,
 * and the invitation is found by customer and RM. An empty quota, or a refusal within the last hour: the next way.
 */
export const createInviteLinks =
  (parts: Parts) =>
  async ({
    rm,
    state,
    ways: wanted,
  }: Invite): Promise<{ via: LinkKind; url: string } | { none: 'no-link' | 'no-quota' }> => {
    let none: 'no-link' | 'no-quota' = 'no-link'
    for (const via of wanted.filter((way): way is LinkKind => ways.includes(way))) {
      if (via === 'acquisition-link' && !(await quotaIsLeft(parts.db))) {
        none = 'no-quota'
        continue
      }
      const url = await linkOf(parts, { rm, via })
      if (url) return { via, url: via === 'acquisition-link' ? carrying(url, state) : url }
    }
    return { none }
  }

/** WeCom cuts `customer_channel` at 64 bytes; ours has 20. */
const carrying = (url: string, state: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}customer_channel=${encodeURIComponent(state)}`

/** Nobody has asked yet: it is worth a try. */
const quotaIsLeft = async (db: Db): Promise<boolean> => {
  const quota = await db.selectFrom('acquisition_quota').select(['balance', 'trouble']).executeTakeFirst()
  return quota === undefined || (quota.trouble === null && quota.balance !== 0)
}

const linkOf = async (parts: Parts, wanted: Wanted): Promise<string | null> => {
  for (let waits = 0; waits < mostWaits; waits++) {
    const mine = await beginAsking(parts.db, wanted)
    if (mine) return makeAndKeep(parts, wanted, mine)
    const kept = await parts.db
      .selectFrom('manager_links')
      .select(['url', 'trouble'])
      .where('rm', '=', wanted.rm)
      .where('via', '=', wanted.via)
      .executeTakeFirst()
    if (kept?.url || kept?.trouble) return kept.url
    await parts.pause(waitMs)
  }
  return null
}

type Mine = { until: string; state: string }
/** Null when there is a link, when WeCom refused one within the hour, or when somebody asks for it right now. */
const beginAsking = async (db: Db, { rm, via }: Wanted): Promise<Mine | null> => {
  const until = sql`clock_timestamp() + make_interval(secs => ${askingS})`
  const { rows } = await sql<Mine>`
    insert into manager_links as l (rm, via, asking_until) values (${rm}, ${via}, ${until})
    on conflict (rm, via) do update set asking_until = ${until}, trouble = null
      where l.url is null and (l.asking_until is null or l.asking_until < clock_timestamp())
        and (l.trouble_at is null or l.trouble_at < clock_timestamp() - interval '1 hour')
    returning asking_until::text as until, state`.execute(db)
  return rows[0] ?? null
}

const makeAndKeep = async (
  { db, make }: Parts,
  { rm, via }: Wanted,
  { until, state }: Mine,
): Promise<string | null> => {
  try {
    const { ref, url } = await make({ rm, via, state })
    // Whoever took over because we were too slow may have kept another one: all use that.
    const { rows } = await sql<{ url: string }>`
      update manager_links set ref = coalesce(ref, ${ref}), url = coalesce(url, ${url}), asking_until = null,
        trouble = null, trouble_at = null
      where rm = ${rm} and via = ${via} returning url`.execute(db)
    return rows[0]?.url ?? url
  } catch (error) {
    const refused = error instanceof WecomError && !passing.includes(error.failure)
    await sql`update manager_links set asking_until = null, trouble = ${refused ? error.message.slice(0, 300) : null},
        trouble_at = case when ${refused} then clock_timestamp() end
      where rm = ${rm} and via = ${via} and url is null and asking_until::text = ${until}`.execute(db)
    if (refused) return null
    throw error
  }
}
