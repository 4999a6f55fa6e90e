/**
 * A process that owns an embedded database and writes to it until it is killed: `node embedded-child.ts DATA_DIR [SRC]`.
 * Says `ready <server pid> <url>`, then `acked <n>` after each commit; ends by itself when its input ends.
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import pg from 'pg'
import type { Embedded } from '../../src/store/embedded.ts'

type StartEmbedded = (options: { dataDir: string }) => Promise<Embedded>
const [dataDir = '', src = fileURLToPath(new URL('../../src', import.meta.url))] = process.argv.slice(2)
const { startEmbedded } = (await import(pathToFileURL(`${src}/store/embedded.ts`).href)) as {
  startEmbedded: StartEmbedded
}

const database = await startEmbedded({ dataDir }).catch((error: Error) => {
  console.log(`refused ${error.message}`)
  process.exit(3)
})
const pool = new pg.Pool({ connectionString: database.url })
pool.on('error', () => {})
await pool.query('create table if not exists acked (n integer primary key)')
const {
  rows: [last],
} = await pool.query<{ n: number }>('select coalesce(max(n), 0) as n from acked')
console.log(`ready ${database.pid} ${database.url}`)

let stopping = false
process.stdin.on('end', () => (stopping = true)).resume()
for (let n = (last?.n ?? 0) + 1; !stopping; n += 1) {
  try {
    await pool.query('insert into acked values ($1)', [n])
    console.log(`acked ${n}`)
  } catch {
    await new Promise((done) => setTimeout(done, 20)) // the server is being restarted
  }
}
await pool.end()
await database.stop()
console.log('stopped')
