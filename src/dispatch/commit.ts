import type { PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import { addErrands } from '../outbox/add.ts'
import { together } from '../store/together.ts'
import type { Errand } from '../outbox/effects.ts'
import { pausedCard } from './booking/paused-card.ts'
import type { Changes, SaidIdentity, SeenReception } from './changes.ts'
import { LostLease } from './conflict.ts'
import { moveLoad } from './move-load.ts'
import { storeContact } from './store-contact.ts'
import { noteProfile, storeChat } from './store-chat.ts'
import { storeConversation } from './store-conversation.ts'
import { declineInvitations, storeInvitation, tellNotInvited } from './store-invitation.ts'
import { storeGroup } from './store-group.ts'
import { storeMessages } from './store-messages.ts'
import { storeTasks, takeTaskSteps } from './store-tasks.ts'
import { storeStaff } from './store-staff.ts'
import { storeWelcome } from './store-welcome.ts'

/** Which claimed event these changes end. `finish: false` when more turns belong to the same event (a look at the queue); `ignored` when nobody handles its kind. */
export type Guard = { inboxId: string; fence: string; finish: boolean; ignored?: boolean }
/** Finds out whether the bank knows him by that name, and makes the two one; in this transaction. */
export type Join = (tx: PoolClient, said: SaidIdentity) => Promise<unknown>
/** What an event said about an RM's reception at an account; one that is older than what is known changes nothing. */
export type NoteReception = (tx: PoolClient, seen: SeenReception) => Promise<unknown>
export type CommitContext = {
  guard: Guard
  now: Date
  rulesetVersion: number
  pauseAfter: number
  join: Join
  noteReception: NoteReception
}

/**
 * Writes one turn: everything or nothing. Throws `LostLease` when another process has the event by now, and `Conflict` when
 * something the turn relied on has changed (the RM is full, the conversation moved on): the turn is then prepared again.
 */
export const commit = async (tx: PoolClient, wanted: Changes, context: CommitContext): Promise<void> => {
  // The connection pipelines: what need not wait for an answer is sent at once. First whatever may refuse the turn …
  const [, conversationId, decisionId, , paused] = await together(tx, () => [
    holdLease(tx, context.guard),
    conversationOf(tx, wanted),
    nextDecisionId(tx, wanted),
    moveLoad(tx, wanted, context.now),
    storeAttention(tx, wanted, context),
    takeTaskSteps(tx, wanted, context.now),
  ])
  const { now } = context
  const changes = wanted.invitation ? await storeInvitation(tx, wanted, { conversationId, now }) : wanted
  // … then all that follows from it.
  await together(tx, () => [
    storeDecision(tx, changes, { conversationId, decisionId, ...context }),
    storeMessages(tx, changes, conversationId),
    storeChat(tx, changes, context.now),
    storeStaff(tx, changes, { conversationId, now: context.now, inboxId: context.guard.inboxId }),
    noteProfile(tx, changes, context.now),
    storeContact(tx, changes),
    storeGroup(tx, changes),
    storeTimers(tx, changes, conversationId),
    record(
      tx,
      changes.touchpoints.map((line) => withIds(line, conversationId, decisionId)),
    ),
    storeTasks(tx, changes, { conversationId, now }),
    declineInvitations(tx, changes, now),
    tellNotInvited(tx, changes, { inboxId: context.guard.inboxId, now }),
    storeWelcome(tx, changes),
    addErrands(tx, [...changes.errands, ...paused], { conversationId, inboxId: context.guard.inboxId }),
  ])
  for (const seen of changes.presence) await context.noteReception(tx, seen)
  if (changes.identity) await context.join(tx, changes.identity)
}

/** Counts what RMs missed in a row; whoever reaches the limit gets no more customers, and a card with one tap back. */
const storeAttention = async (
  tx: PoolClient,
  { attention }: Changes,
  { now, pauseAfter }: CommitContext,
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

const holdLease = async (tx: PoolClient, { inboxId, fence, finish, ignored = false }: Guard): Promise<void> => {
  const { rowCount } = finish
    ? await tx.query({
        name: 'dispatch-finish',
        text: `update inbox set state = case when $3 then 'ignored' else 'done' end, done_at = now(), lease_until = null, error = null
               where id = $1 and fence = $2 and state = 'new'`,
        values: [inboxId, fence, ignored],
      })
    : await tx.query("select 1 from inbox where id = $1 and fence = $2 and state = 'new' for update", [inboxId, fence])
  if (rowCount !== 1) throw new LostLease()
}

/** An unchanged conversation is not written: a message more for the RM who has it costs no version. */
const conversationOf = async (
  tx: PoolClient,
  { conversation, conversationChanged }: Changes,
): Promise<string | null> => {
  if (!conversation) return null
  return conversationChanged || conversation.id === null ? storeConversation(tx, conversation) : conversation.id
}

const nextDecisionId = async (tx: PoolClient, { decision }: Changes): Promise<string | null> => {
  if (!decision) return null
  const { rows } = await tx.query<{ id: string }>({
    name: 'dispatch-decision-id',
    text: "select nextval('decisions_id_seq') as id",
  })
  return rows[0]?.id ?? null
}

type DecisionContext = CommitContext & { conversationId: string | null; decisionId: string | null }
const storeDecision = async (tx: PoolClient, { decision }: Changes, context: DecisionContext): Promise<void> => {
  if (!decision || !context.conversationId) return
  await tx.query({
    name: 'dispatch-decision',
    text: `insert into decisions (id, at, conversation_id, inbox_id, ruleset_version, rule, outcome, rm, explanation)
           overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      context.decisionId,
      context.now,
      context.conversationId,
      context.guard.inboxId,
      context.rulesetVersion,
      decision.rule,
      decision.outcome,
      decision.rm,
      JSON.stringify(decision),
    ],
  })
}

const storeTimers = async (
  tx: PoolClient,
  { stopped, timers, conversation }: Changes,
  conversationId: string | null,
): Promise<void> => {
  const renewed = new Set(timers.map((timer) => timer.key))
  // A conversation that has just begun has no timers to stop.
  const dropped = conversation?.id === null ? [] : [...new Set(stopped)].filter((key) => !renewed.has(key))
  const drop = { name: 'dispatch-untime', text: 'delete from timers where key = any($1)', values: [dropped] }
  const payloads = timers.map((timer) => JSON.stringify({ conversationId, ...timer.payload }))
  const set = {
    name: 'dispatch-time',
    text: `insert into timers (key, kind, subject, due_at, payload)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
           on conflict (key) do update set kind = excluded.kind, due_at = excluded.due_at, payload = excluded.payload`,
    values: [
      timers.map((t) => t.key),
      timers.map((t) => t.kind),
      timers.map((t) => t.subject),
      timers.map((t) => t.dueAt.toISOString()),
      payloads,
    ],
  }
  await Promise.all([...(dropped.length > 0 ? [tx.query(drop)] : []), ...(timers.length > 0 ? [tx.query(set)] : [])])
}

const withIds = (line: NewTouchpoint, conversationId: string | null, decisionId: string | null): NewTouchpoint => ({
  ...line,
  conversationId: line.conversationId ?? conversationId,
  ...(decisionId && line.kind.startsWith('conversation.') && { data: { decisionId, ...line.data } }),
})
