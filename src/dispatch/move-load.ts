import type { PoolClient } from 'pg'
import type { Changes } from './changes.ts'
import { Conflict } from './conflict.ts'
import type { ReadyTurn } from './ready-turn.ts'

/** Gives back and takes what the turns mean for RMs' capacity. Throws `Conflict` when one who was chosen can no longer take it. */
export const moveLoads = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const moves = turns.flatMap(({ changes: { claim, release }, now }) => [
    ...(release ? [{ rm: release.rm, run: () => freeRm(tx, release) }] : []),
    ...(claim ? [{ rm: claim.rm, run: () => claimRm(tx, claim, now) }] : []),
  ])
  // Always in the order of userids: two transactions that swap RMs cannot wait for each other.
  moves.sort((a, b) => (a.rm === b.rm ? 0 : a.rm < b.rm ? -1 : 1))
  await Promise.all(moves.map(({ run }) => run()))
}

const freeRm = (tx: PoolClient, { rm, units, work }: NonNullable<Changes['release']>) =>
  tx.query({
    name: 'dispatch-free',
    text: `update rms set load = greatest(load - $2, 0),
             in_hand = case when $3::text is null then in_hand
               when coalesce((in_hand ->> $3)::int, 0) <= 1 then in_hand - $3
               else in_hand || jsonb_build_object($3, (in_hand ->> $3)::int - 1) end
           where userid = $1`,
    values: [rm, units, work],
  })

/** The day in China, `2026-11-23`: limits per day begin anew at midnight there. */
const businessDay = (now: Date): string => new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

const claimRm = async (tx: PoolClient, claim: NonNullable<Changes['claim']>, now: Date): Promise<void> => {
  const { rowCount } = await tx.query({
    name: 'dispatch-claim',
    text: `update rms r set load = load + $2, last_assigned_at = $4,
             new_today = case when new_day = $7 then new_today else 0 end + $6::int, new_day = $7,
             in_hand = case when $8::text is null then in_hand
               else in_hand || jsonb_build_object($8, coalesce((in_hand ->> $8)::int, 0) + 1) end
           where userid = $1 and ($5 = 'always' or (on_duty and paused_at is null and load + $2 <= capacity + case $5 when 'once' then $2 else 0 end and ($9 or exists (
             select from servicers s where s.open_kfid = $3 and s.userid = r.userid and s.status = 'receiving'))
             and ($8::text is null or not profile ? $8 or coalesce((in_hand ->> $8)::int, 0) < (profile ->> $8)::int)
             and ($6 = 0 or daily_new_cap is null or case when new_day = $7 then new_today else 0 end < daily_new_cap)))`,
    values: [
      claim.rm,
      claim.units,
      claim.openKfId,
      now,
      claim.exceed,
      claim.isNew ? 1 : 0,
      businessDay(now),
      claim.work,
      claim.relay ?? false,
    ],
  })
  // An RM whom WeCom put in charge himself may be unknown to us: nothing to count then.
  if (rowCount !== 1 && claim.exceed !== 'always')
    throw new Conflict(`${claim.rm} can no longer take this conversation`)
}
