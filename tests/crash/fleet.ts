import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createSimulator, type Simulator } from '../../src/simulator/create-simulator.ts'
import type { ExampleCorp } from '../../src/simulator/example-corp.ts'
import { freePort, freshDatabase, tempDir } from '../ground/ground.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const adminKey = 'crash-admin-key-0123456789'

export type Unit = { role: string; port: number; child: ChildProcess; ended: Promise<unknown> }

/** Real processes on one database and one bundled WeCom, to be killed and paused. */
export const createFleet = async ({
  people,
  rules,
  redisUrl,
}: {
  people: ExampleCorp
  rules: object
  redisUrl?: string
}) => {
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  await pool.query(
    "insert into rulesets (ruleset, origin, author, active, activated_at) values ($1, 'test', 'test', true, now())",
    [JSON.stringify(rules)],
  )
  await seed(pool, people)
  const simulator = await createSimulator({ people, seed: 7, settings: { tokenlessPerMinute: 10_000 } })
  const units: Unit[] = []

  const start = async (role: 'web' | 'worker' | 'all', more: Record<string, string> = {}): Promise<Unit> => {
    const port = await freePort()
    const killing = more['KILL_AT'] ? ['--import', fileURLToPath(new URL('kill-at.ts', import.meta.url))] : []
    const child = spawn(process.execPath, [...killing, 'src/main.ts'], {
      cwd: root,
      env: {
        ...environment({ database: database.url, simulator, port, ...(redisUrl && { redisUrl }) }),
        ROLE: role,
        ...more,
      },
      stdio: ['ignore', 'pipe', process.env['TEST_LOG'] ? 'inherit' : 'ignore'],
    })
    const unit: Unit = { role, port, child, ended: once(child, 'exit') }
    units.push(unit)
    await Promise.race([ready(child), unit.ended])
    return unit
  }
  const running = (role: string): Unit[] =>
    units.filter((unit) => unit.role === role && unit.child.exitCode === null && unit.child.signalCode === null)

  return {
    pool,
    simulator,
    wecom: simulator.control,
    start,
    running,
    /** A dead process's leases end by themselves after half a minute (an account's after one); here they end now. */
    leasesRunOut: async (): Promise<void> => {
      await pool.query(`update kf_accounts set lease_until = now(), poll_at = now() where lease_until > now() or poll_at > now();
        update inbox set lease_until = now() where state = 'new' and lease_until > now();
        update outbox set lease_until = now() where state = 'new' and lease_until > now()`)
    },
    kill: async (unit: Unit): Promise<void> => {
      unit.child.kill('SIGKILL')
      await unit.ended
    },
    api: async (path: string): Promise<Record<string, unknown>> => {
      const web = running('web')[0] ?? running('all')[0]
      const response = await fetch(`http://127.0.0.1:${web?.port}/api/v1${path}`, {
        headers: { authorization: `Bearer ${adminKey}` },
      })
      return (await response.json()) as Record<string, unknown>
    },
    /**
     * Waits until nothing is left to do in the database; processes may still be starting. `told: false` leaves out what RMs are
     * told: one of them takes 30 messages a minute, whatever the hurry.
     */
    settle: async (patienceMs: number, { told = true } = {}): Promise<void> => {
      const until = performance.now() + patienceMs
      for (;;) {
        await simulator.control.idle()
        const { rows } = await pool.query<{ what: string }>(
          `select 'inbox ' || kind || coalesce(' ' || error, '') as what from inbox where state in ('new', 'rung')
           union all select 'outbox ' || kind || coalesce(' ' || error, '') from outbox
             where state = 'new' and ($1 or kind not like 'message/%')`,
          [told],
        )
        if (rows.length === 0) return
        if (performance.now() > until)
          throw new Error(
            `not settled: ${rows.length} left, e.g. ${rows
              .slice(0, 5)
              .map((row) => row.what)
              .join('; ')}`,
          )
        await pause(50)
      }
    },
    stop: async (): Promise<void> => {
      for (const { child } of units) {
        child.kill('SIGCONT')
        child.kill('SIGKILL')
      }
      await Promise.all(units.map((unit) => unit.ended))
      await simulator.close()
      await pool.end()
      await database.drop()
    },
  }
}

/** "引桥 … 已启动" on standard output. */
const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.stdout?.on('data', (chunk: Buffer) => chunk.includes('已启动') && resolve()))

type Place = { database: string; simulator: Simulator; port: number; redisUrl?: string }
const environment = ({ database, simulator, port, redisUrl }: Place): Record<string, string> => {
  const { corp } = simulator.control
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    DATABASE_URL: database,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    DATA_DIR: tempDir(),
    SECRET_KEY: Buffer.alloc(32, 9).toString('base64'),
    ADMIN_API_KEY: adminKey,
    PORT: String(port),
    KF_POLL_S: '1',
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    WECOM_API_URL: simulator.url,
    WECOM_CORP_ID: corp.corpId,
    WECOM_AGENT_ID: String(corp.agentId),
    WECOM_APP_SECRET: corp.secret,
    WECOM_CALLBACK_TOKEN: corp.token,
    WECOM_CALLBACK_AES_KEY: corp.aesKey,
  }
}

const seed = async (pool: pg.Pool, { rms }: ExampleCorp): Promise<void> => {
  for (const rm of rms)
    await pool.query(
      'insert into rms (userid, name, branch, skills, lines, capacity, deputy, on_duty) values ($1, $2, $3, $4, $5, $6, $7, $8)',
      [rm.userid, rm.name, rm.branch, JSON.stringify(rm.skills), rm.lines, rm.capacity, rm.deputy ?? null, rm.onDuty],
    )
}
