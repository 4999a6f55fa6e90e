import { z } from 'zod'
import { readRoster } from '../../crm/roster.ts'
import { ANY_ACCOUNT, atAnyAccount } from '../../routing/any-account.ts'
import { compile, type CompiledRuleset } from '../../routing/compile.ts'
import { decide } from '../../routing/decide.ts'
import { withoutPiece, type Piece } from '../../routing/in-hand.ts'
import type { Question, Roster } from '../../routing/model.ts'
import { checkRuleset } from '../../routing/ruleset/ruleset.ts'
import { Ruleset } from '../../routing/ruleset/schema.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { getConversation } from '../conversations/conversation-store.ts'
import { DecisionAnswer } from '../conversations/decision-answer.ts'
import { At, Line, RowId, time } from '../fields.ts'
import { invalid, notFound } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'
import { activeRuleset } from '../routing/routing-store.ts'
import { Warnings, warningsOf } from '../routing/ruleset-warnings.ts'
import { triedQuestion } from '../routing/tried-question.ts'
import { rulesetLimit, routingTag as tag, type RoutingDeps } from './routing.ts'

const Fact = z.union(
  [z.string().max(10_000), z.number(), z.boolean(), z.array(z.string().max(500)).max(1_000), z.null()],
  '应为文字、数字、true/false 或文字列表；事实的名称写全，如 {"customer.kind": "sme"}',
)

const common = {
  ruleset: z.unknown().optional().meta({ description: 'The draft to try; left out: the active rule set' }),
  at: At.optional().meta({ description: 'The moment it is tried for; left out: now. People are as they are now.' }),
  seed: Line(200).optional().meta({ description: 'Breaks ties and chooses who is in a canary' }),
  openKfId: Line(64).optional().meta({ description: 'The kf account; left out: whoever receives at any of them' }),
}
const Try = z
  .strictObject({
    ...common,
    facts: z
      .record(z.string().min(1).max(100), Fact)
      .optional()
      .meta({ description: 'Facts by their names; absent or null: unknown', example: { 'customer.kind': 'sme' } }),
    conversationId: RowId.optional().meta({ description: 'Ask what a live decision on it would ask now' }),
  })
  .refine(({ facts, conversationId }) => (facts === undefined) !== (conversationId === undefined), {
    path: ['facts'],
    message: 'facts 与 conversationId 须恰好写一个',
  })
  .meta({ id: 'RoutingTry' })
const Shown = z
  .strictObject({ ...Try.shape, ruleset: Ruleset.optional() })
  .meta({ id: 'RoutingTryRequest', description: 'Exactly one of `facts` and `conversationId`' })

const Tried = DecisionAnswer.extend({
  id: z.null(),
  conversationId: z.string().nullable(),
  rulesetVersion: z.int().nullable().meta({ description: 'Null for a draft' }),
  warnings: Warnings,
}).meta({ id: 'TriedDecision', description: 'A decision that was not made: nothing has changed' })

type Asked = z.output<typeof Try>

/** Dry runs: what the rules, in force or drafted, would decide. */
export const routingTryRoutes = (deps: RoutingDeps): Route[] => {
  const compiled = compiledOnce()
  return [
    route({
      method: 'POST',
      path: '/routing/try',
      roles: ['admin', 'supervisor'],
      doc: { tag, summary: 'Try rules on facts or on a conversation; nothing changes' },
      body: json(Try, { limit: rulesetLimit + 1_048_576, shown: Shown }),
      answer: Tried,
      run: async ({ body, caller }) => {
        const { db, routing, now } = deps
        const { version, ruleset } = await rulesFor(deps, body)
        const at = body.at === undefined ? now() : new Date(body.at)
        const rules = compiled(version, () => compile(ruleset, routing.calendar))
        const people = await readRoster(db, { now: at, fairness: rules.fairness })
        const { question, roster } = await situation({ deps, body, caller, at, people })
        const decision = decide({ question, roster, rules, now: at })
        return {
          id: null,
          at: time(at),
          conversationId: body.conversationId ?? null,
          rulesetVersion: version,
          rule: decision.rule,
          ruleName: decision.ruleName,
          outcome: decision.outcome,
          rm: decision.rm,
          waitingReason: decision.waitingReason,
          work: decision.work,
          units: decision.units,
          steps: decision.steps,
          rules: decision.rules,
          candidates: decision.candidates,
          facts: decision.facts,
          warnings: warningsOf(ruleset, { roster: people, calendar: routing.calendar, now: now() }),
        }
      },
    }),
  ]
}

/** A version never changes: the one that was tried last is kept ready, a draft (null) is made ready each time. */
const compiledOnce = () => {
  let kept: { version: number; rules: CompiledRuleset } | null = null
  return (version: number | null, make: () => CompiledRuleset): CompiledRuleset => {
    if (version === null) return make()
    if (kept?.version !== version) kept = { version, rules: make() }
    return kept.rules
  }
}

/** The draft of the request, or the active version. */
const rulesFor = async (
  { db }: RoutingDeps,
  { ruleset }: Asked,
): Promise<{ version: number | null; ruleset: Ruleset }> => {
  if (ruleset !== undefined) return { version: null, ruleset: draftIn(ruleset) }
  const active = await activeRuleset(db)
  if (!active) throw notFound('生效的规则')
  return { version: active.version, ruleset: active.ruleset as Ruleset }
}

/** A rule set that stands in a request under `ruleset`; throws 422 with every mistake and its place. */
export const draftIn = (ruleset: unknown): Ruleset => {
  const checked = checkRuleset(ruleset)
  if ('ruleset' in checked) return checked.ruleset
  throw invalid(
    checked.errors.map(({ path, message }) => ({ path: path === '' ? 'ruleset' : `ruleset.${path}`, message })),
  )
}

type Situation = { deps: RoutingDeps; body: Asked; caller: Caller; at: Date; people: Roster }

/** What is asked, and whom it may go to. */
const situation = async ({
  deps,
  body,
  caller,
  at,
  people,
}: Situation): Promise<{ question: Question; roster: Roster }> => {
  const { facts, conversationId, openKfId, seed } = body
  if (conversationId === undefined) {
    const question = await triedQuestion(deps.db, { facts: facts ?? {}, openKfId, seed }, at)
    return { question, roster: question.openKfId === ANY_ACCOUNT ? atAnyAccount(people) : people }
  }
  const visible = await getConversation(deps.db, conversationId, scopeOf(caller))
  const about = visible && (await deps.routing.questionAbout(conversationId))
  if (!about) throw notFound('会话')
  const question = { ...about.question, ...(seed && { seed }), ...(openKfId && { openKfId }) }
  return { question, roster: about.holder ? without(people, about.holder) : people }
}

/** Who has the conversation counts as if he did not: it must not stand in its own way. */
const without = ({ rms }: Roster, { rm, ...piece }: Piece & { rm: string }): Roster => {
  const holder = rms.get(rm)
  return { rms: holder ? new Map(rms).set(rm, withoutPiece(holder, piece)) : rms }
}
