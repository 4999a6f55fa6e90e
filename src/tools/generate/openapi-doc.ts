import { Kysely, DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createApi } from '../../api/api.ts'
import { readDefinitions } from '../../figures/definitions.ts'
import { silent } from '../../store/log.ts'
import { memoryShared } from '../../store/memory.ts'
import type { Tables } from '../../store/tables.ts'

/** The OpenAPI document that a running server shows at /api/openapi.json, made without a database or a network. */
export const openapiDoc = async (): Promise<object> => {
  const shared = memoryShared()
  const api = createApi({
    db: new Kysely<Tables>({ dialect: nowhere }),
    shared,
    channels: { secretKey: '', linkOf: unasked },
    figures: {
      definitions: readDefinitions(fileURLToPath(new URL('../../../config/figures.yaml', import.meta.url))),
      day: unasked,
      freshness: unasked,
      funnel: unasked,
      attribution: unasked,
      connections: unasked,
      comparison: unasked,
    },
    commands: { assign: unasked, close: unasked, reroute: unasked },
    integrity: unasked,
    tasks: {
      list: unasked,
      see: unasked,
      create: unasked,
      finish: unasked,
      assign: unasked,
      release: unasked,
      cancel: unasked,
      snooze: unasked,
    },
    later: unasked,
    linkPrice: unasked,
    routing: { calendar: {}, questionAbout: unasked },
    routingChanged: () => {},
    now: () => new Date(0),
    log: silent,
    version: await versionOf(),
  })
  api.close()
  await shared.close()
  return api.openapi
}

const unasked = (): never => {
  throw new Error('only the description is asked for here')
}

/** Kysely's own dialect for building queries without a server. */
const nowhere = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
}

const versionOf = async (): Promise<string> => {
  const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
