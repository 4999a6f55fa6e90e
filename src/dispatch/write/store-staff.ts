import type { PoolClient } from 'pg'
import type { Changes, StaffChange } from '../changes.ts'

type Context = { conversationId: string | null; inboxId: string; now: Date }
type Write<Kind extends StaffChange['change']> = (
  tx: PoolClient,
  change: Extract<StaffChange, { change: Kind }>,
  context: Context & { customerId: string | null },
) => Promise<unknown>

/** What RMs did in the app's chat. */
export const storeStaff = async (tx: PoolClient, { staff, conversation }: Changes, context: Context): Promise<void> => {
  const all = { ...context, customerId: conversation?.customerId ?? null }
  for (const change of staff) await (writes[change.change] as Write<StaffChange['change']>)(tx, change, all)
}

const writes: { [Kind in StaffChange['change']]: Write<Kind> } = {
  duty: (tx, { rm, onDuty }, { now }) =>
    tx.query('update rms set on_duty = $2, duty_since = $3, updated_at = now() where userid = $1 and on_duty <> $2', [
      rm,
      onDuty,
      now,
    ]),
  focus: (tx, { rm }, { conversationId }) =>
    tx.query('update rms set relay_focus = $2 where userid = $1', [rm, conversationId]),
  greeted: (tx, { rm }, { now }) =>
    tx.query("update rms set greeted_on = ($2::timestamptz at time zone 'Asia/Shanghai')::date where userid = $1", [
      rm,
      now,
    ]),
  note: (tx, { rm, text }, { customerId, conversationId, now }) =>
    tx.query('insert into notes (customer_id, conversation_id, rm, text, at) values ($1, $2, $3, $4, $5)', [
      customerId,
      conversationId,
      rm,
      text,
      now,
    ]),
  // Behind what the customer has already sent: his line is kept. One order per event, so a repeat cannot double it.
  order: (tx, { kind, order }, { inboxId, now }) =>
    tx.query(
      `insert into inbox (kind, key, subject, lane, payload, occurred_at)
       values ($1, 'order:' || $2, $3, 1, $4, $5) on conflict (key) do nothing`,
      [kind, inboxId, order.externalUserId, JSON.stringify(order), now],
    ),
}
