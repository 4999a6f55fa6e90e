import type { PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import { addErrands } from '../outbox/add.ts'
import type { Errand } from '../outbox/effects.ts'
import { pausedCard } from './booking/offer-card.ts'
import type { Changes, NewMessage, SaidIdentity } from './changes.ts'
import { storeConversation } from './store-conversation.ts'
import { Conflict, LostLease } from './conflict.ts'

/** Which claimed event these changes end. `finish: false` when more turns belong to the same event (a look at the queue); `ignored` when nobody handles its kind. */
export type Guard = { inboxId: string; fence: string; finish: boolean; ignored?: boolean }
/** Finds out whether the bank knows him by that name, and makes the two one; in this transaction. */
export type Join = (tx: PoolClient, said: SaidIdentity) => Promise<unknown>
export type CommitContext = { guard: Guard; now: Date; rulesetVersion: number; pauseAfter: number; join: Join }

/**
 * Writes one turn: everything or nothing. Throws `LostLease` when another process has the event by now, and `Conflict` when
 * something the turn relied on has changed (the RM is full, the conversation moved on): the turn is then prepared again.
 */
export const commit = async (tx: PoolClient, changes: Changes, context: CommitContext): Promise<void> => {
  // The connection pipelines: what need not wait for an answer is sent at once. First whatever may refuse the turn …
  const [, conversationId, decisionId, , paused] = await Promise.all([
    holdLease(tx, context.guard),
    conversationOf(tx, changes),
    nextDecisionId(tx, changes),
    moveLoad(tx, changes, context.now),
    storeAttention(tx, changes, context),
  ])
  // … then all that follows from it.
  await Promise.all([
    storeDecision(tx, changes, { conversationId, decisionId, ...context }),
    storeMessages(tx, changes, conversationId),
    storeChat(tx, changes, context.now),
    storePresence(tx, changes),
    noteProfile(tx, changes, context.now),
    storeTimers(tx, changes, conversationId),
    record(tx, changes.touchpoints.map((line) => withIds(line, conversationId, decisionId))),
    storeTasks(tx, changes, conversationId),
    addErrands(tx, [...changes.errands, ...paused], { conversationId, inboxId: context.guard.inboxId }),
  ])
  if (changes.identity) await context.join(tx, changes.identity)
}

/** A conversation has one open task of a kind; whoever gets the customer gets it, and his answer ends it. */
const storeTasks = async (tx: PoolClient, { tasks, conversation }: Changes, conversationId: string | null): Promise<void> => {
  for (const task of tasks)
    await tx.query(
      `insert into tasks (kind, rm, customer_id, external_userid, conversation_id, title, due_at, created_by)
       select $1, $2, $3, $4, $5, $6, $7, 'rule'
       where not exists (select from tasks where conversation_id = $5 and kind = $1 and state = 'open')`,
      [task.kind, task.rm, conversation?.customerId, conversation?.externalUserId, conversationId, task.title, task.dueAt],
    )
}

/** Counts what RMs missed in a row; whoever reaches the limit gets no more customers, and a card with one tap back. */
const storeAttention = async (tx: PoolClient, { attention }: Changes, { now, pauseAfter }: CommitContext): Promise<Errand[]> => {
  const cards: Errand[] = []
  for (const { rm, change } of attention) {
    const { rows } = await tx.query<{ missed: number }>(
      change === 'forgiven'
        ? { text: 'update rms set missed = 0, paused_at = null where userid = $1 and (missed > 0 or paused_at is not null)', values: [rm] }
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
const conversationOf = async (tx: PoolClient, { conversation, conversationChanged }: Changes): Promise<string | null> => {
  if (!conversation) return null
  return conversationChanged || conversation.id === null ? storeConversation(tx, conversation) : conversation.id
}

const moveLoad = async (tx: PoolClient, { claim, release }: Changes, now: Date): Promise<void> => {
  // Always in the order of userids: two turns that swap RMs cannot wait for each other.
  const moves = [
    ...(release ? [{ rm: release.rm, run: () => freeRm(tx, release) }] : []),
    ...(claim ? [{ rm: claim.rm, run: () => claimRm(tx, claim, now) }] : []),
  ].sort((a, b) => (a.rm < b.rm ? -1 : 1))
  await Promise.all(moves.map(({ run }) => run()))
}

const freeRm = (tx: PoolClient, { rm, units }: NonNullable<Changes['release']>) =>
  tx.query({
    name: 'dispatch-free',
    text: 'update rms set load = greatest(load - $2, 0) where userid = $1',
    values: [rm, units],
  })

/** The day in China, `2026-11-23`: limits per day begin anew at midnight there. */
const businessDay = (now: Date): string => new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

const claimRm = async (tx: PoolClient, claim: NonNullable<Changes['claim']>, now: Date): Promise<void> => {
  const { rowCount } = await tx.query({
    name: 'dispatch-claim',
    text: `update rms r set load = load + $2, last_assigned_at = $4,
             new_today = case when new_day = $7 then new_today else 0 end + $6::int, new_day = $7
           where userid = $1 and ($5 = 'always' or (on_duty and paused_at is null and load + $2 <= capacity + case $5 when 'once' then $2 else 0 end and exists (
             select from servicers s where s.open_kfid = $3 and s.userid = r.userid and s.status = 'receiving')
             and ($6 = 0 or daily_new_cap is null or case when new_day = $7 then new_today else 0 end < daily_new_cap)))`,
    values: [claim.rm, claim.units, claim.openKfId, now, claim.exceed, claim.isNew ? 1 : 0, businessDay(now)],
  })
  // An RM whom WeCom put in charge himself may be unknown to us: nothing to count then.
  if (rowCount !== 1 && claim.exceed !== 'always') throw new Conflict(`${claim.rm} can no longer take this conversation`)
}

const nextDecisionId = async (tx: PoolClient, { decision }: Changes): Promise<string | null> => {
  if (!decision) return null
  const { rows } = await tx.query<{ id: string }>({ name: 'dispatch-decision-id', text: "select nextval('decisions_id_seq') as id" })
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

const storeMessages = async (tx: PoolClient, changes: Changes, conversationId: string | null): Promise<void> => {
  await Promise.all([
    ...changes.messages.map((message) => insertMessage(tx, message, conversationId)),
    ...changes.messageStatus.map((change) =>
      change.status === 'failed' ? markFailed(tx, change) : tx.query("update messages set status = 'recalled' where id = $1", [change.id]),
    ),
  ])
}

/** WeCom may tell that a message failed before we have written down that we sent it: then this is the first we know of it. */
const markFailed = (tx: PoolClient, { id, openKfId, externalUserId, at }: Changes['messageStatus'][number]) =>
  tx.query(
    `insert into messages (id, open_kfid, external_userid, at, sender, type, status) values ($1, $2, $3, $4, 'bot', 'unknown', 'failed')
     on conflict (id) do update set status = 'failed'`,
    [id, openKfId, externalUserId, at],
  )

/** A message is stored once; the same id again changes nothing. */
export const insertMessage = (tx: PoolClient, message: NewMessage, conversationId: string | null) =>
  tx.query({
    name: 'dispatch-message',
    text: `insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, rm, type, text, payload, status)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
    values: [
      message.id,
      conversationId,
      message.openKfId,
      message.externalUserId,
      message.at,
      message.sender,
      message.rm,
      message.type,
      message.text,
      JSON.stringify(message.payload),
      message.status,
    ],
  })

const storeChat = async (tx: PoolClient, { chat, channel }: Changes, now: Date): Promise<void> => {
  if (chat)
    await tx.query({
      name: 'dispatch-chat',
      text: `insert into kf_chats as c (open_kfid, external_userid, last_customer_at, sent_since, entered_at, entry, last_rm, last_rm_at)
             values ($1, $2, $3, $4, $5, coalesce($6, '{}'::jsonb), $7, case when $7::text is null then null else $8::timestamptz end)
             on conflict (open_kfid, external_userid) do update set
               last_customer_at = greatest(c.last_customer_at, excluded.last_customer_at),
               sent_since = case when $3::timestamptz is null then c.sent_since + $4 else $4 end,
               entered_at = coalesce(excluded.entered_at, c.entered_at),
               entry = coalesce($6, c.entry),
               last_rm = coalesce(excluded.last_rm, c.last_rm),
               last_rm_at = coalesce(excluded.last_rm_at, c.last_rm_at)`,
      values: [
        chat.openKfId,
        chat.externalUserId,
        chat.customerWroteAt ?? null,
        chat.sent ?? 0,
        chat.enteredAt ?? null,
        chat.entry ? JSON.stringify(chat.entry) : null,
        chat.lastRm ?? null,
        now,
      ],
    })
  if (channel)
    await tx.query('update customers set channel = $2 where id = $1 and channel is null', [
      channel.customerId,
      channel.channel,
    ])
}

const noteProfile = async (tx: PoolClient, { profileOf }: Changes, now: Date): Promise<void> => {
  if (profileOf) await tx.query({ name: 'dispatch-profile', text: 'update customers set profile_asked_at = $2 where id = $1', values: [profileOf, now] })
}

const storePresence = async (tx: PoolClient, { presence }: Changes): Promise<void> => {
  for (const { openKfId, rm, status } of presence)
    await tx.query(
      `insert into servicers (open_kfid, userid, status) values ($1, $2, $3)
       on conflict (open_kfid, userid) do update set status = excluded.status, since = now()
       where servicers.status <> excluded.status`,
      [openKfId, rm, status],
    )
}

const storeTimers = async (tx: PoolClient, { stopped, timers }: Changes, conversationId: string | null): Promise<void> => {
  const renewed = new Set(timers.map((timer) => timer.key))
  const dropped = [...new Set(stopped)].filter((key) => !renewed.has(key))
  const drop = { name: 'dispatch-untime', text: 'delete from timers where key = any($1)', values: [dropped] }
  const payloads = timers.map((timer) => JSON.stringify({ conversationId, ...timer.payload }))
  const set = {
    name: 'dispatch-time',
    text: `insert into timers (key, kind, subject, due_at, payload)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
           on conflict (key) do update set kind = excluded.kind, due_at = excluded.due_at, payload = excluded.payload`,
    values: [timers.map((t) => t.key), timers.map((t) => t.kind), timers.map((t) => t.subject), timers.map((t) => t.dueAt.toISOString()), payloads],
  }
  await Promise.all([...(dropped.length > 0 ? [tx.query(drop)] : []), ...(timers.length > 0 ? [tx.query(set)] : [])])
}

const withIds = (line: NewTouchpoint, conversationId: string | null, decisionId: string | null): NewTouchpoint => ({
  ...line,
  conversationId: line.conversationId ?? conversationId,
  ...(decisionId && line.kind.startsWith('conversation.') && { data: { decisionId, ...line.data } }),
})
