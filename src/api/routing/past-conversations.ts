import { sql } from 'kysely'
import type { Before, PastConversation, PastDecision } from '../../routing/backtest/model.ts'
import type { AskedQuestion, Candidate, Facts, Outcome, Question } from '../../routing/model.ts'
import { askedAgain, withoutTime } from '../../routing/question.ts'
import type { Db } from '../../store/open.ts'

export type Period = { from: Date; to: Date }

/** Rows read at once: some megabytes of explanations. */
const batch = 150
/** Whoever had a customer in hand or was given one this long before the period is found; WeCom ends sessions after 48 h. */
const lookBack = sql`interval '7 days'`

/** How many decisions were made in the period: what a replay of it will have to read. */
export const countDecisions = async (db: Db, { from, to }: Period): Promise<number> => {
  const { n } = await db
    .selectFrom('decisions')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('at', '>=', from)
    .where('at', '<', to)
    .executeTakeFirstOrThrow()
  return Number(n)
}

type DecisionRow = {
  at: string
  version: number
  rule: string | null
  outcome: Outcome
  rm: string | null
  asked: AskedQuestion | null
  facts: Facts | null
  candidates: Candidate[] | null
}
type Row = {
  id: string
  place: string
  conversation: string
  open_kfid: string
  external_userid: string
  opened_at: Date
  closed_at: Date | null
  answered_at: Date | null
  answered_by: string | null
  units: number
  decisions: DecisionRow[]
}

/** Conversations whose first decision was made in the period, in that order; read in batches as they are asked for. */
export async function* pastConversations(db: Db, { from, to }: Period): AsyncGenerator<PastConversation> {
  let last = { place: from.toISOString(), id: '0' }
  for (;;) {
    const { rows } = await sql<Row>`
      select d.id, d.at::text as place, v.id as conversation, v.open_kfid, v.closed_at, v.answered_at, v.answered_by, v.units,
        v.external_userid, v.opened_at,
        (select jsonb_agg(jsonb_build_object('at', e.at, 'version', e.ruleset_version, 'rule', e.rule, 'outcome', e.outcome,
            'rm', e.rm, 'asked', e.explanation -> 'asked', 'facts', e.explanation -> 'facts',
            'candidates', e.explanation -> 'candidates') order by e.id)
          from decisions e where e.conversation_id = d.conversation_id and e.at < ${to}) as decisions
      from decisions d join conversations v on v.id = d.conversation_id
      where d.at >= ${last.place}::timestamptz and d.at < ${to} and (d.at, d.id) > (${last.place}::timestamptz, ${last.id}::bigint)
        and not exists (select from decisions e where e.conversation_id = d.conversation_id and e.id < d.id)
      order by d.at, d.id limit ${batch}`.execute(db)
    for (const row of rows) yield conversationFrom(row)
    const end = rows.at(-1)
    if (!end || rows.length < batch) return
    last = { place: end.place, id: end.id }
  }
}

const conversationFrom = (row: Row): PastConversation => ({
  id: row.conversation,
  closedAt: row.closed_at,
  answered: row.answered_at && { at: row.answered_at, rm: row.answered_by },
  units: row.units,
  decisions: row.decisions.map((one) => decisionFrom(one, row)),
})

/** A decision is made a moment before it is written: its own clock says when. An admin's word has no clock of its own. */
const decisionFrom = (one: DecisionRow, row: Row): PastDecision => {
  const facts = one.facts ?? {}
  const moment = one.rule === 'admin' ? undefined : facts['time.now']
  return {
    at: new Date(typeof moment === 'string' ? moment : one.at),
    version: one.version,
    rule: one.rule ?? 'fallback',
    outcome: one.outcome,
    rm: one.rm,
    question: one.asked ? askedAgain(one.asked, facts) : guessed(facts, row),
    candidates: one.candidates ?? [],
  }
}

/** A decision that did not keep its question: what the facts tell of it. */
const guessed = (facts: Facts, row: Row): Question => ({
  seed: `${row.external_userid}@${row.opened_at.toISOString()}`,
  openKfId: row.open_kfid,
  facts: withoutTime(facts),
  owner: typeof facts['customer.owner'] === 'string' ? facts['customer.owner'] : null,
  last: null,
  firmLead: null,
  units: 1,
  excluded: new Map(),
  progress: null,
})

/** What RMs had in hand when the period began, and when each was given somebody last. */
export const situationBefore = async (db: Db, { from }: Period): Promise<Before> => {
  const held = await sql<{ id: string; rm: string; units: number; until: Date | null }>`
    select v.id, d.rm, v.units, v.closed_at as until
    from (select distinct on (conversation_id) conversation_id, rm from decisions
          where at >= ${from}::timestamptz - ${lookBack} and at < ${from} order by conversation_id, id desc) d
    join conversations v on v.id = d.conversation_id
    where d.rm is not null and (v.closed_at is null or v.closed_at > ${from})`.execute(db)
  const given = await sql<{ rm: string; at: Date }>`select rm, max(at) as at from decisions
    where at >= ${from}::timestamptz - ${lookBack} and at < ${from} and rm is not null group by rm`.execute(db)
  return { held: held.rows, lastAssigned: new Map(given.rows.map(({ rm, at }) => [rm, at])) }
}

/** The rule sets that decided in the period, the most used first, at most `most`. */
export const versionsUsed = async (
  db: Db,
  { from, to }: Period,
  most: number,
): Promise<{ version: number; ruleset: unknown }[]> => {
  const { rows } = await sql<{ version: number; ruleset: unknown }>`select r.version, r.ruleset
    from (select ruleset_version as version, count(*) as n from decisions where at >= ${from} and at < ${to}
          group by 1 order by n desc limit ${most}) d
    join rulesets r using (version) order by d.n desc`.execute(db)
  return rows
}
