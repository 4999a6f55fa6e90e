import type { PoolClient } from 'pg'
import type { Changes } from '../changes.ts'
import { Conflict } from '../conflict.ts'

/** The relation with an RM, the customer's owner, and tags that are gone. Throws `Conflict` when somebody else has set the owner. */
export const storeContact = async (
  tx: PoolClient,
  { contact, owner, tagsGone, resync, linksGone }: Changes,
): Promise<void> => {
  if (contact) await storeRelation(tx, contact)
  if (contact?.invitationId)
    await tx.query(
      'update invitations set added_at = coalesce(added_at, $2), added_rm = coalesce(added_rm, $3) where id = $1',
      [contact.invitationId, contact.contact.addedAt, contact.contact.rm],
    )
  if (owner) await storeOwner(tx, owner)
  if (resync.length > 0)
    await tx.query("update sync_jobs set due_at = least(due_at, now() + interval '2 seconds') where name = any($1)", [
      resync,
    ])
  for (const link of linksGone)
    await tx.query(
      'update manager_links set ref = null, url = null, trouble = null, trouble_at = null where ref = $1',
      [link],
    )
  for (const { id, group } of tagsGone)
    await tx.query(group ? 'delete from tag_groups where id = $1' : 'delete from tags where id = $1', [id])
}

const storeRelation = (tx: PoolClient, { customerId, contact, addWay }: NonNullable<Changes['contact']>) =>
  tx.query({
    name: 'dispatch-contact',
    text: `insert into contacts as k (customer_id, rm, state, since, added_at, first_added_at, lost_at, lost_by, wecom_state, add_way)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           on conflict (customer_id, rm) do update set
             state = excluded.state, since = excluded.since, added_at = excluded.added_at, first_added_at = excluded.first_added_at,
             lost_at = excluded.lost_at, lost_by = excluded.lost_by, wecom_state = excluded.wecom_state,
             add_way = case when k.added_at = excluded.added_at then coalesce(excluded.add_way, k.add_way) else excluded.add_way end,
             read_at = case when k.added_at = excluded.added_at then k.read_at end`,
    values: [
      customerId,
      contact.rm,
      contact.state,
      contact.since,
      contact.addedAt,
      contact.firstAddedAt,
      contact.lostAt,
      contact.lostBy,
      contact.wecomState,
      addWay,
    ],
  })

const storeOwner = async (tx: PoolClient, { customerId, rm, from }: NonNullable<Changes['owner']>): Promise<void> => {
  const { rowCount } = await tx.query(
    'update customers set owner = $2, updated_at = now() where id = $1 and owner is not distinct from $3',
    [customerId, rm, from],
  )
  if (rowCount !== 1) throw new Conflict('the customer has got another owner meanwhile')
}
