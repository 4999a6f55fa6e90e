import type { PoolClient } from 'pg'
import type { Errand } from '../../outbox/effects.ts'
import { pausedCard } from '../booking/paused-card.ts'
import type { ReadyTurn } from './ready-turn.ts'

/** Counts what RMs missed in a row; whoever reaches the limit gets no more customers, and a card with one tap back. */
export const storeAttention = async (
  tx: PoolClient,
  { changes: { attention }, now, pauseAfter }: ReadyTurn,
): Promise<Errand[]> => {
  const cards: Errand[] = []
  for (const { rm, change } of attention) {
    const { rows } = await tx.query<{ missed: number }>(
      change === 'forgiven'
        ? {
            text: 'update rms set missed = 0, paused_at = null where userid = $1 and (missed > 0 or paused_at is not null)',
            values: [rm],
          }
        : {
            text: `update rms set missed = missed + 1, paused_at = case when missed + 1 >= $2 then $3 else paused_at end
                   where userid = $1 and paused_at is null returning case when paused_at is not null then missed end as missed`,
            values: [rm, pauseAfter, now],
          },
    )
    const missed = rows[0]?.missed
    if (missed) cards.push(pausedCard(rm, { missed, now }))
  }
  return cards
}
