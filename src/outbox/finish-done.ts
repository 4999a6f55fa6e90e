import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import { together } from '../store/together.ts'
import { addErrands } from './add.ts'
import type { Errand, Errands, Said } from './effects.ts'
import { assertOwner } from './hand-over-end.ts'
import { hearersOf, lineFor, type Hearer } from './hearers.ts'
import { mark } from './mark.ts'
import { isSaid, type OutboxRow, type Succeeded } from './row.ts'
import { plainWords, typeOfWords } from './words.ts'

type Conn = Pool | PoolClient

/**
 * Books tries that succeeded: each row's end, what was said to the customer, what follows. A try whose lease was lost meanwhile
 * books nothing (somebody else does); answers the ids of the others.
 */
export const finishDone = async (tx: Conn, tried: readonly Succeeded[]): Promise<Set<string>> => {
  const speaking = tried.filter(({ row }) => isSaid(row))
  const [ours, hearer] = await together(tx, () => [
    mark(tx, tried),
    hearersOf(
      tx,
      speaking.map(({ row }) => row),
    ),
  ])
  const booked = tried.filter(({ row }) => ours.has(row.id))
  const spoken = speaking.filter(({ row }) => ours.has(row.id)).flatMap((it) => wordsOf(it, hearer(it.row)))
  await together(tx, () => [
    storeSaid(tx, spoken),
    record(tx, spoken.map(lineOf)),
    addErrands(tx, booked.map(followingErrands)),
    ...tried.filter(({ row }) => !ours.has(row.id)).map(({ row }) => undo(tx, row)),
  ])
  return ours
}

const followingErrands = ({ row, result }: Succeeded) => ({
  errands: (row.payload.then ?? []).map((errand) => withCode(errand, result.code)).filter((errand) => errand !== null),
  conversationId: row.conversation_id,
  inboxId: row.inbox_id,
})

/** Words that wait for a code get it; without one (only a first hand-over gives one) they fall away. */
const withCode = (errand: Errand, code: string | undefined): Errand | null => {
  if (errand.kind !== 'kf/send_msg_on_event' || errand.payload.code !== '') return errand
  return code ? { ...errand, payload: { ...errand.payload, code } } : null
}

type Spoken = { it: Succeeded; who: Hearer; words: Said; msgid: string }

/** An invitation may be two messages. */
const wordsOf = (it: Succeeded, who: Hearer): Spoken[] => {
  const { said = payloadOf(it).words, saidNext } = it.result
  const first = { it, who, words: said, msgid: it.msgid }
  return saidNext ? [first, { ...first, words: saidNext.said, msgid: saidNext.msgid }] : [first]
}
const payloadOf = ({ row }: Succeeded): Errands['kf/send_msg'] => row.payload as Errands['kf/send_msg']

/** sync_msg never returns what the app itself sent, so it is written down here; that it failed may be known already. */
const storeSaid = async (tx: Conn, spoken: readonly Spoken[]): Promise<void> => {
  if (spoken.length === 0) return
  await tx.query({
    name: 'outbox-said',
    text: `insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, type, text, payload, rm, status)
           select *, 'accepted' from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::text[],
             $7::text[], $8::text[], $9::jsonb[], $10::text[])
           on conflict (id) do update set conversation_id = excluded.conversation_id, type = excluded.type, text = excluded.text, payload = excluded.payload,
             sender = excluded.sender, rm = excluded.rm`,
    values: [
      spoken.map(({ msgid }) => msgid),
      spoken.map(({ it }) => it.row.conversation_id),
      spoken.map(({ it }) => payloadOf(it).openKfId),
      spoken.map(({ it }) => payloadOf(it).to),
      spoken.map(({ it }) => it.now.toISOString()),
      spoken.map(({ it }) => (payloadOf(it).by ? 'rm' : 'bot')),
      spoken.map(({ words }) => typeOfWords(words)),
      spoken.map(({ words }) => plainWords(words)),
      spoken.map(({ words }) => JSON.stringify(words)),
      spoken.map(({ it }) => payloadOf(it).by?.rm ?? null),
    ],
  })
}

/** The bot's own words, or an RM's that it passes on: his answer like any other. */
const lineOf = ({ it, who, msgid }: Spoken): NewTouchpoint => {
  const { by } = payloadOf(it)
  const line = { at: it.now, sourceId: msgid }
  return lineFor(
    it.row,
    who,
    by
      ? { ...line, kind: 'message.replied', rm: by.rm, data: { type: 'text', relay: true } }
      : { ...line, kind: 'message.sent', data: {} },
  )
}

/** We called WeCom on a lease that was lost. */
const undo = async (tx: Conn, row: OutboxRow): Promise<void> => {
  if (row.kind === 'kf/trans') await assertOwner(tx, row as OutboxRow<'kf/trans'>)
}
