import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createSimulator } from '../src/simulator/create-simulator.ts'
import { account, bigBank, seedBank } from './big-bank.ts'
import { measureYardstick } from './callbacks.ts'
import { runServer } from './run-server.ts'

const messages = Number(process.env['BENCH_MESSAGES'] ?? 3_000)
/** Not counted: code is compiled and plans are made with the first messages of a process. */
const warmUp = 1_000
const managers = 500

/**
 * Messages per second from the customer's phone to the RM's: every customer is a new one, so each message is pulled, stored,
 * decided, handed over in WeCom (trans) and told to its RM (message/send). The simulator runs in this process, Yinqiao in its own.
 */
const measureMessages = async (): Promise<number> => {
  const dir = mkdtempSync(join(tmpdir(), 'yinqiao-bench-'))
  const postgres = await startEmbedded({ dataDir: dir })
  await migrate(postgres.url)
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 })
  // On a busy machine the server is stopped before the pool's last connection is closed.
  pool.on('error', () => {})
  const people = bigBank({ managers, capacity: Math.ceil(((warmUp + messages) / managers) * 2) })
  await seedBank(pool, people)
  const simulator = await createSimulator({ people, seed: 5, settings: { staffPerMinute: 1_000_000 } })
  const { corp } = simulator.control
  const server = await runServer('yinqiao', {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(dir, 'data'),
    ROLE: 'all',
    WECOM_API_URL: simulator.url,
    WECOM_CORP_ID: corp.corpId,
    WECOM_AGENT_ID: String(corp.agentId),
    WECOM_APP_SECRET: corp.secret,
    WECOM_CALLBACK_TOKEN: corp.token,
    WECOM_CALLBACK_AES_KEY: corp.aesKey,
    ADMIN_API_KEY: 'bench-admin-key-0123456789',
  })
  try {
    simulator.control.callbacks.setUrl(`http://127.0.0.1:${server.port}/wecom/callback`)
    simulator.control.callbacks.knobs.mergeMs = 20
    await until(async () => (await pool.query('select 1 from servicers limit 1')).rowCount === 1)
    const told = () =>
      people.rms.reduce((sum, { userid }) => sum + simulator.control.servicer(userid).inbox().length, 0)
    const write = async (word: string, count: number): Promise<void> => {
      const before = simulator.control.sent('message/send').length
      for (let index = 0; index < count; index += 1)
        simulator.control.customer(`wm_${word}_${index}`).writes(account, '想了解经营贷款')
      await until(async () => simulator.control.sent('message/send').length >= before + count)
    }
    await write('warm', warmUp)
    const begin = performance.now()
    await write('bench', messages)
    const seconds = (performance.now() - begin) / 1000
    if (told() < warmUp + messages) throw new Error(`only ${told()} of ${warmUp + messages} RMs were told`)
    return messages / seconds
  } finally {
    await server.stop()
    await simulator.close()
    await pool.end()
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const until = async (done: () => Promise<boolean>, patienceMs = 120_000): Promise<void> => {
  const end = performance.now() + patienceMs
  while (!(await done())) {
    if (performance.now() > end) throw new Error('the bench did not come to its end in time')
    await pause(50)
  }
}

/** Beside the speed of (b) in the same minute, before and after: without it the figure says more about the machine than about us. */
export const benchMessages = async (): Promise<string> => {
  const before = await measureYardstick()
  const perSecond = await measureMessages()
  const beside = (before + (await measureYardstick())) / 2
  const cells = [
    "messages, customer's phone to RM's phone",
    `${Math.round(perSecond)}/s`,
    `${Math.round(beside)}/s`,
    (perSecond / beside).toFixed(3),
    `${messages} messages, ${managers} RMs, one process`,
  ]
  return ['| way | speed | (b) beside it | ratio | with |', '|---|---|---|---|---|', `| ${cells.join(' | ')} |`].join(
    '\n',
  )
}

if (import.meta.main) console.log(await benchMessages())
