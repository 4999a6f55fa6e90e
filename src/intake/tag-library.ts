import { sql } from 'kysely'
import { listCorpTags } from '../wecom/endpoints/contact.ts'
import type { SyncRun } from './sync-jobs.ts'

/** Makes our copy of the corp's tag library what WeCom has: contacts carry ids alone, and a name may change at any time. */
export const syncTags = async ({ db, wecom, log }: SyncRun): Promise<void> => {
  const { tag_group: groups } = await wecom.call(listCorpTags, {})
  const tags = groups.flatMap(({ group_id, tag }) =>
    tag.map(({ id, name, order }) => ({ id, group_id, name, place: order })),
  )
  const rows = groups.map(({ group_id: id, group_name: name, order: place }) => ({ id, name, place }))
  await db.transaction().execute(async (tx) => {
    await sql`insert into tag_groups (id, name, place)
      select id, name, place from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (id text, name text, place bigint)
      on conflict (id) do update set name = excluded.name, place = excluded.place`.execute(tx)
    await sql`insert into tags (id, group_id, name, place)
      select id, group_id, name, place from jsonb_to_recordset(${JSON.stringify(tags)}::jsonb) as t (id text, group_id text, name text, place bigint)
      on conflict (id) do update set group_id = excluded.group_id, name = excluded.name, place = excluded.place`.execute(
      tx,
    )
    await sql`delete from tags where id <> all(${tags.map(({ id }) => id)}::text[])`.execute(tx)
    await sql`delete from tag_groups where id <> all(${rows.map(({ id }) => id)}::text[])`.execute(tx)
  })
  log.info({ groups: rows.length, tags: tags.length }, 'tag library read')
}
