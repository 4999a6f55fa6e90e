import { Kysely, PostgresDialect } from 'kysely'
import type { PoolClient } from 'pg'
import type { Db } from './open.ts'
import type { Tables } from './tables.ts'

/** A connection within whose transaction somebody else works, for code that takes a `Db`. It is neither committed nor given back here. */
export const onClient = (client: PoolClient): Db => {
  const same = { query: client.query.bind(client), release: () => {} }
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: { connect: async () => same, end: async () => {}, options: {} } }),
  })
}
