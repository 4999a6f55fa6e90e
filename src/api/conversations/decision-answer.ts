import { z } from 'zod'
import { readsTexts, type Caller } from '../access/caller.ts'
import type { DecisionRow } from './conversation-store.ts'
import { Time, time } from '../fields.ts'

export const Step = z.object({
  to: z.string().meta({ description: '`owner`, `deputy`, `last`, `firm-lead`, `rm:USERID` or `pool:KEY`' }),
  pool: z.string().nullish().meta({ description: 'The name of its pool' }),
  result: z.string(),
  waitedSeconds: z.number(),
})
const RuleTried = z.object({ key: z.string(), matched: z.boolean(), failed: z.array(z.string()) })
export const Candidate = z.object({
  rm: z.string(),
  eligible: z.boolean(),
  excludedBy: z.string().nullable(),
  load: z.number(),
  capacity: z.number(),
})

export const DecisionAnswer = z
  .object({
    id: z.string(),
    at: Time,
    conversationId: z.string(),
    rulesetVersion: z.int(),
    rule: z.string().nullable(),
    ruleName: z.string().nullable(),
    outcome: z.enum(['assigned', 'offered', 'queued', 'left-message', 'bot']),
    rm: z.string().nullable(),
    waitingReason: z.string().nullable(),
    work: z.string().nullable().meta({ description: 'The kind of work, for limits per kind' }),
    units: z.number().meta({ description: 'What it takes of an RM’s capacity' }),
    steps: z.array(Step),
    rules: z.array(RuleTried),
    candidates: z.array(Candidate),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Decision', description: '为什么是他：命中的规则、考虑过的人、其他人为什么不行' })

/** What was stored as the explanation; older engines may have stored less of it. */
const Explanation = z.object({
  ruleName: z.string().nullable().catch(null),
  waitingReason: z.string().nullable().catch(null),
  work: z.string().nullable().catch(null),
  units: z.number().catch(1),
  steps: z.array(Step).catch([]),
  rules: z.array(RuleTried).catch([]),
  candidates: z.array(Candidate).catch([]),
  facts: z.record(z.string(), z.unknown()).catch({}),
})

/** A decision as it is answered; without the message's text for a caller who must not read it. */
export const decisionAnswer = (row: DecisionRow, caller: Caller): z.input<typeof DecisionAnswer> => {
  const { facts, ...explained } = Explanation.parse(row.explanation)
  const { 'message.text': text, ...others } = facts
  return {
    id: row.id,
    at: time(row.at),
    conversationId: row.conversation_id,
    rulesetVersion: row.ruleset_version,
    rule: row.rule,
    outcome: row.outcome,
    rm: row.rm,
    ...explained,
    facts: readsTexts(caller) && text !== undefined ? { ...others, 'message.text': text } : others,
  }
}
