import type { PoolClient } from 'pg'
import type { NumberedTurn, ReadyTurn } from './ready-turn.ts'

/** A number for each turn that decided something: touchpoints name it before the decision itself is stored. */
export const nextDecisionIds = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<(string | null)[]> => {
  const deciding = turns.filter(({ changes }) => changes.decision !== null).length
  if (deciding === 0) return turns.map(() => null)
  const { rows } = await tx.query<{ id: string }>({
    name: 'dispatch-decision-id',
    text: "select nextval('decisions_id_seq') as id from generate_series(1, $1::int)",
    values: [deciding],
  })
  const ids = rows.map(({ id }) => id)
  return turns.map(({ changes }) => (changes.decision ? (ids.shift() ?? null) : null))
}

/** Decisions as they were explained at their time. */
export const storeDecisions = async (tx: PoolClient, turns: readonly NumberedTurn[]): Promise<void> => {
  const made = turns.flatMap((turn) => {
    const { decision } = turn.changes
    return decision && turn.conversationId ? [{ ...turn, decision }] : []
  })
  if (made.length === 0) return
  await tx.query({
    name: 'dispatch-decision',
    text: `insert into decisions (id, at, conversation_id, inbox_id, ruleset_version, rule, outcome, rm, explanation)
           overriding system value
           select * from unnest($1::bigint[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::text[], $9::jsonb[])`,
    values: [
      made.map((it) => it.decisionId),
      made.map((it) => it.now.toISOString()),
      made.map((it) => it.conversationId),
      made.map((it) => it.guard.inboxId),
      made.map((it) => it.rulesetVersion),
      made.map((it) => it.decision.rule),
      made.map((it) => it.decision.outcome),
      made.map((it) => it.decision.rm),
      made.map((it) => JSON.stringify(it.decision)),
    ],
  })
}
