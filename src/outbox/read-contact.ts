import type { PoolClient } from 'pg'
import { toldOf, type ToldContact } from '../wecom/contact-told.ts'
import { getContact } from '../wecom/endpoints/contact.ts'
import type { ExternalUserId } from '../wecom/ids.ts'
import type { Call } from './deliver.ts'
import type { FinishMeans } from './finish.ts'
import type { OutboxRow, Result, Tried } from './row.ts'

type ReadContact = { externalUserId: string; unionid: string | null; told: ToldContact[] }

/** Reads who has the customer as a contact, page by page: 500 RMs are one page. */
export const readContact = async (row: OutboxRow<'contact/read'>, { call }: { call: Call }): Promise<Result> => {
  const { externalUserId } = row.payload
  const answer: ReadContact = { externalUserId, unionid: null, told: [] }
  let cursor = ''
  do {
    const ask = { external_userid: externalUserId as ExternalUserId, ...(cursor && { cursor }) }
    const { external_contact: person, follow_user, next_cursor } = await call(getContact, ask)
    answer.unionid = person.unionid || null
    for (const { tags, ...relation } of follow_user) {
      const ids = tags.flatMap(({ type, tag_id }) => (type === 1 && tag_id ? [tag_id] : []))
      answer.told.push(toldOf(person, relation, { tags: ids, now: row.created_at }))
    }
    cursor = next_cursor
  } while (cursor !== '')
  return { end: 'done', answer }
}

/** Books what was read, and the name by which the bank may know him. */
export const storeContact = async (
  tx: PoolClient,
  { row, now }: Tried,
  { join, noteContacts, answer }: FinishMeans & { answer: object },
): Promise<void> => {
  const { externalUserId, unionid, told } = answer as ReadContact
  await noteContacts(tx, told, now)
  if (!unionid) return
  const { rows } = await tx.query<{ id: string }>('select id from customers where external_userid = $1', [
    externalUserId,
  ])
  if (!rows[0]) return
  const said = { customerId: rows[0].id, kind: 'unionid' as const, value: unionid, via: 'profile' as const }
  await join(tx, { ...said, at: now, sourceId: `outbox:${row.id}` })
}
