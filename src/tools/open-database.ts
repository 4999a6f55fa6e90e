import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Settings } from '../settings.ts'
import { startEmbedded } from '../store/embedded.ts'
import { silent } from '../store/log.ts'
import { openStore, type Store } from '../store/open.ts'

/** There is no database yet: nobody has started Yinqiao with these settings. */
export class NoDatabase extends Error {
  override name = 'NoDatabase'
}

/**
 * The database of these settings for a tool: `DATABASE_URL`, or the embedded one beside a running Yinqiao (through its socket),
 * or the embedded one started for as long as the tool needs it. Makes none and migrates none: throws `NoDatabase` where there
 * is none, and a sentence where it is of an older version.
 */
export const openDatabase = async (settings: Settings): Promise<Store> => {
  const { url, end } = await reach(settings)
  try {
    await refuseOther(url)
    const store = await openStore({
      databaseUrl: url,
      dataDir: settings.DATA_DIR,
      log: silent,
      applicationName: 'yinqiao tool',
    })
    const stop = async (): Promise<void> => {
      await store.stop()
      await end()
    }
    return { ...store, stop }
  } catch (error) {
    await end()
    throw error
  }
}

const reach = async ({ DATABASE_URL, DATA_DIR }: Settings): Promise<{ url: string; end: () => Promise<void> }> => {
  if (DATABASE_URL) return { url: DATABASE_URL, end: async () => {} }
  if (!existsSync(join(DATA_DIR, 'postgres', 'PG_VERSION')))
    throw new NoDatabase(`在 ${DATA_DIR} 里还没有数据库：先 npm start，或用 DATA_DIR / DATABASE_URL 指明在哪里`)
  const running = await runningUrl(DATA_DIR)
  if (running) return { url: running, end: async () => {} }
  const { url, stop } = await startEmbedded({ dataDir: DATA_DIR })
  return { url, end: stop }
}

/** The socket of an embedded server that somebody else runs at this moment; null when nobody does. */
const runningUrl = async (dataDir: string): Promise<string | null> => {
  const host = join(realpathSync(dataDir), 'postgres')
  if (!existsSync(join(host, '.s.PGSQL.5432'))) return null
  const url = `postgresql://yinqiao@localhost:5432/yinqiao?host=${encodeURIComponent(host)}`
  return asked(url, 'select 1').then(
    () => url,
    () => null,
  )
}

/** Opening a store migrates it, which a tool must not do under a running older version. */
const refuseOther = async (url: string): Promise<void> => {
  const [table] = await asked<{ there: boolean }>(url, "select to_regclass('kysely_migration') is not null as there")
  if (!table?.there) throw new NoDatabase('数据库还是空的：先 npm start')
  const ran = new Set((await asked<{ name: string }>(url, 'select name from kysely_migration')).map(({ name }) => name))
  const known = readdirSync(new URL('../store/migrations/', import.meta.url)).filter((name) => name.endsWith('.sql'))
  const pending = known.map((name) => name.slice(0, -'.sql'.length)).filter((name) => !ran.has(name))
  if (pending.length > 0)
    throw new Error(`数据库是旧版本的（还差 ${pending.join('、')}）：先用这个版本启动引桥，它会自动升级`)
}

const asked = async <Row extends pg.QueryResultRow>(url: string, question: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
  try {
    await client.connect().catch(unreachable)
    return (await client.query<Row>(question)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Without the address: it may hold a password. */
const unreachable = ({ code, message }: Error & { code?: string }): never => {
  throw new Error(`连不上数据库（${code ?? message}）：检查 DATABASE_URL 的地址、用户和密码，以及网络`)
}
