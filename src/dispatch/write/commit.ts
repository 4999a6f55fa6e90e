import type { PoolClient } from 'pg'
import { record } from '../../ledger/record.ts'
import type { NewTouchpoint } from '../../ledger/touchpoint.ts'
import { addErrands } from '../../outbox/add.ts'
import { together } from '../../store/together.ts'
import { waits } from '../../store/waits.ts'
import type { SaidIdentity, SeenReception } from '../changes.ts'
import { LostLease } from '../conflict.ts'
import { moveLoads } from './move-load.ts'
import type { NumberedTurn, ReadyTurn } from './ready-turn.ts'
import { storeAttention } from './store-attention.ts'
import { noteProfiles, storeChats } from './store-chat.ts'
import { storeContact } from './store-contact.ts'
import { storeConversations } from './store-conversation.ts'
import { nextDecisionIds, storeDecisions } from './store-decisions.ts'
import { declineInvitations, storeInvitation, tellNotInvited } from './store-invitation.ts'
import { storeGroup } from './store-group.ts'
import { storeMessages } from './store-messages.ts'
import { storeTasks, takeTaskSteps } from './store-tasks.ts'
import { storeStaff } from './store-staff.ts'
import { storeTimers } from './store-timers.ts'
import { storeWelcome } from './store-welcome.ts'
import { askForLooks } from '../waiting.ts'

/** Finds out whether the bank knows him by that name, and makes the two one; in this transaction. */
export type Join = (tx: PoolClient, said: SaidIdentity) => Promise<unknown>
/** What an event said about an RM's reception at an account; one that is older than what is known changes nothing. */
export type NoteReception = (tx: PoolClient, seen: SeenReception) => Promise<unknown>
export type CommitMeans = { join: Join; noteReception: NoteReception }

/**
 * Writes turns: all of them or nothing. What every message needs takes one statement for all turns; what is rare, one for each.
 * Throws `LostLease` when another process has an event by now, and `Conflict` when something a turn relied on has changed (the
 * RM is full, the conversation moved on): that turn is then prepared again.
 */
export const commit = async (tx: PoolClient, turns: readonly ReadyTurn[], means: CommitMeans): Promise<void> => {
  // The connection pipelines: what need not wait for an answer is sent at once. First whatever may refuse a turn …
  const [, conversationIds, decisionIds, , paused] = await together(tx, () => [
    holdLeases(tx, turns),
    storeConversations(tx, turns),
    nextDecisionIds(tx, turns),
    moveLoads(tx, turns),
    Promise.all(turns.map((turn) => storeAttention(tx, turn))),
    takeAllSteps(tx, turns),
  ])
  const numbered = await Promise.all(
    turns.map(async (turn, index): Promise<NumberedTurn> => {
      const conversationId = conversationIds[index] ?? null
      const { now, changes } = turn
      const invited = changes.invitation ? await storeInvitation(tx, changes, { conversationId, now }) : changes
      return { ...turn, changes: invited, conversationId, decisionId: decisionIds[index] ?? null }
    }),
  )
  // … then all that follows from it.
  await together(tx, () => [
    storeDecisions(tx, numbered),
    storeMessages(tx, numbered),
    storeChats(tx, numbered),
    noteProfiles(tx, numbered),
    storeTimers(tx, numbered),
    record(tx, numbered.flatMap(touchpointsOf)),
    addErrands(
      tx,
      numbered.map(({ changes, guard, conversationId }, index) => ({
        errands: [...changes.errands, ...(paused[index] ?? [])],
        conversationId,
        inboxId: guard.inboxId,
      })),
    ),
    storeRare(tx, numbered),
    askForLooks(tx, numbered),
  ])
  for (const { changes } of turns) {
    for (const seen of changes.presence) await means.noteReception(tx, seen)
    if (changes.identity) await means.join(tx, changes.identity)
  }
}

/** One turn after the other: what reads before it writes is not to see half of another turn. */
const takeAllSteps = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  for (const { changes, now } of turns) await takeTaskSteps(tx, changes, now)
}

const storeRare = async (tx: PoolClient, turns: readonly NumberedTurn[]): Promise<void> => {
  for (const { changes, conversationId, guard, now } of turns) {
    await storeStaff(tx, changes, { conversationId, now, inboxId: guard.inboxId })
    await storeContact(tx, changes)
    await storeGroup(tx, changes)
    await storeTasks(tx, changes, { conversationId, now })
    await declineInvitations(tx, changes, now)
    await tellNotInvited(tx, changes, { inboxId: guard.inboxId, now })
    await storeWelcome(tx, changes)
  }
}

const holdLeases = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const ending = turns.flatMap(({ guard, changes: { refusal } }) => (guard.finish ? [{ ...guard, refusal }] : []))
  const going = turns.map(({ guard }) => guard).filter(({ finish }) => !finish)
  const ended = tx.query({
    name: 'dispatch-finish',
    text: `update inbox i set state = case when n.ignored then 'ignored' else 'done' end, done_at = now(), lease_until = null, error = n.refusal
           from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[]) as n (id, fence, ignored, refusal)
           where i.id = n.id and i.fence = n.fence and ${waits('i')}`,
    values: [
      ending.map(({ inboxId }) => inboxId),
      ending.map(({ fence }) => fence),
      ending.map(({ ignored = false }) => ignored),
      ending.map(({ refusal }) => refusal),
    ],
  })
  const held = going.map(({ inboxId, fence }) =>
    tx.query(`select 1 from inbox where id = $1 and fence = $2 and ${waits()} for update`, [inboxId, fence]),
  )
  const counts = await Promise.all([ended, ...held])
  if (counts.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0) !== turns.length) throw new LostLease()
}

const touchpointsOf = ({ changes, conversationId, decisionId }: NumberedTurn): NewTouchpoint[] =>
  changes.touchpoints.map((line) => ({
    ...line,
    conversationId: line.conversationId ?? conversationId,
    ...(decisionId && line.kind.startsWith('conversation.') && { data: { decisionId, ...line.data } }),
  }))
