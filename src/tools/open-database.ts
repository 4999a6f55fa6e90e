import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Settings } from '../settings.ts'
import { silent } from '../store/log.ts'
import { openStore, type Store } from '../store/open.ts'

/** There is no database yet: nobody has started Yinqiao with these settings. */
export class NoDatabase extends Error {
  override name = 'NoDatabase'
}

/**
 * The database of these settings for a tool: `DATABASE_URL`, or the embedded one beside a running Yinqiao (through its socket),
 * or the embedded one started for as long as the tool needs it. Makes none: throws `NoDatabase` where there is none.
 */
export const openDatabase = async (settings: Settings): Promise<Store> => {
  const dataDir = settings.DATA_DIR
  if (settings.DATABASE_URL)
    return openStore({ databaseUrl: settings.DATABASE_URL, dataDir, log: silent, applicationName: 'yinqiao tool' })
  if (!existsSync(join(dataDir, 'postgres', 'PG_VERSION')))
    throw new NoDatabase(`在 ${dataDir} 里还没有数据库：先 npm start，或用 DATA_DIR / DATABASE_URL 指明在哪里`)
  const running = await runningUrl(dataDir)
  return openStore({ ...(running && { databaseUrl: running }), dataDir, log: silent, applicationName: 'yinqiao tool' })
}

/** The socket of an embedded server that somebody else runs at this moment; null when nobody does. */
const runningUrl = async (dataDir: string): Promise<string | null> => {
  const host = join(realpathSync(dataDir), 'postgres')
  if (!existsSync(join(host, '.s.PGSQL.5432'))) return null
  const url = `postgresql://yinqiao@localhost:5432/yinqiao?host=${encodeURIComponent(host)}`
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.end()
    return url
  } catch {
    return null
  }
}
