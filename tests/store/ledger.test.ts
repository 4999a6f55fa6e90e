import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { openStore, type Store } from '../../src/store/open.ts'
import { freshDatabase } from '../ground/ground.ts'

let store: Store
let drop: () => Promise<void>

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  store = await openStore({ databaseUrl: fresh.url, dataDir: '/nonexistent' })
})

afterAll(async () => {
  await store.stop()
  await drop()
})

test('a touchpoint can be added, but neither changed nor removed nor emptied away', async () => {
  await sql`insert into touchpoints (at, kind) values (now(), 'entry.opened')`.execute(store.db)
  for (const attempt of [
    sql`update touchpoints set kind = 'x'`, sql`delete from touchpoints`, sql`truncate touchpoints`,
    sql`delete from only ${sql.table(`touchpoints_${new Date().toISOString().slice(0, 7).replace('-', '_')}`)}`,
  ]) {
    await expect(attempt.execute(store.db)).rejects.toThrow('append-only')
  }
  const { count } = await store.db.selectFrom('touchpoints').select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow()
  expect(count).toBe('1')
})
