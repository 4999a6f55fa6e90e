import type { PoolClient } from 'pg'
import type { Changes } from '../changes.ts'
import { Conflict } from '../conflict.ts'
import type { ReadyTurn } from './ready-turn.ts'

type Release = NonNullable<Changes['release']>
type Claim = NonNullable<Changes['claim']> & { now: Date }
type Move = { rm: string } & ({ release: Release } | { claim: Claim })

/** Gives back and takes what the turns mean for RMs' capacity. Throws `Conflict` when one who was chosen can no longer take it. */
export const moveLoads = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const moves = turns.flatMap(({ changes: { claim, release }, now }): Move[] => [
    ...(release ? [{ rm: release.rm, release }] : []),
    ...(claim ? [{ rm: claim.rm, claim: { ...claim, now } }] : []),
  ])
  // Always in the order of userids: two transactions that swap RMs cannot wait for each other.
  moves.sort((a, b) => (a.rm === b.rm ? 0 : a.rm < b.rm ? -1 : 1))
  await Promise.all(statementsFor(moves).map((round) => run(tx, round)))
}

/** Moves that one statement can make: all alike, and each RM once. */
const statementsFor = (moves: readonly Move[]): Move[][] => {
  const rounds: Move[][] = []
  for (const move of moves) {
    const last = rounds.at(-1)
    const joins = last?.every((one) => one.rm !== move.rm && 'claim' in one === 'claim' in move)
    if (last && joins) last.push(move)
    else rounds.push([move])
  }
  return rounds
}

const run = (tx: PoolClient, round: readonly Move[]): Promise<void> => {
  const releases = round.flatMap((move) => ('release' in move ? [move.release] : []))
  const claims = round.flatMap((move) => ('claim' in move ? [move.claim] : []))
  return claims.length > 0 ? claimAll(tx, claims) : freeAll(tx, releases)
}

const freeAll = async (tx: PoolClient, releases: readonly Release[]): Promise<void> => {
  await tx.query({
    name: 'dispatch-free',
    text: `update rms r set load = greatest(load - n.units, 0),
             in_hand = case when n.work is null then in_hand
               when coalesce((in_hand ->> n.work)::int, 0) <= 1 then in_hand - n.work
               else in_hand || jsonb_build_object(n.work, (in_hand ->> n.work)::int - 1) end
           from unnest($1::text[], $2::numeric[], $3::text[]) as n (rm, units, work)
           where r.userid = n.rm`,
    values: [releases.map((it) => it.rm), releases.map((it) => it.units), releases.map((it) => it.work)],
  })
}

/** The day in China, `2026-11-23`: limits per day begin anew at midnight there. */
const businessDay = (now: Date): string => new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

const claimAll = async (tx: PoolClient, claims: readonly Claim[]): Promise<void> => {
  const { rows } = await tx.query<{ userid: string }>({
    name: 'dispatch-claim',
    text: `update rms r set load = load + n.units, last_assigned_at = n.now,
             new_today = case when new_day = n.day then new_today else 0 end + n.new, new_day = n.day,
             in_hand = case when n.work is null then in_hand
               else in_hand || jsonb_build_object(n.work, coalesce((in_hand ->> n.work)::int, 0) + 1) end
           from unnest($1::text[], $2::numeric[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::date[], $8::text[], $9::boolean[])
             as n (rm, units, open_kfid, now, exceed, new, day, work, relay)
           where r.userid = n.rm and (n.exceed = 'always' or (
             (n.relay or exists (
               select from servicers s where s.open_kfid = n.open_kfid and s.userid = r.userid
                 and (s.status = 'receiving' or (s.status = 'unknown' and n.exceed = 'ordered'))))
             and (n.exceed = 'ordered' or (
             on_duty and paused_at is null and load + n.units <= capacity + case n.exceed when 'once' then n.units else 0 end
             and (n.work is null or not profile ? n.work or coalesce((in_hand ->> n.work)::int, 0) < (profile ->> n.work)::int)
             and (n.new = 0 or daily_new_cap is null or case when new_day = n.day then new_today else 0 end < daily_new_cap)))))
           returning r.userid`,
    values: [
      claims.map((it) => it.rm),
      claims.map((it) => it.units),
      claims.map((it) => it.openKfId),
      claims.map((it) => it.now.toISOString()),
      claims.map((it) => it.exceed),
      claims.map((it) => (it.isNew ? 1 : 0)),
      claims.map((it) => businessDay(it.now)),
      claims.map((it) => it.work),
      claims.map((it) => it.relay ?? false),
    ],
  })
  const taken = new Set(rows.map(({ userid }) => userid))
  // An RM whom WeCom put in charge himself may be unknown to us: nothing to count then.
  const refused = claims.find(({ rm, exceed }) => exceed !== 'always' && !taken.has(rm))
  if (refused) throw new Conflict(`${refused.rm} can no longer take this conversation`)
}
