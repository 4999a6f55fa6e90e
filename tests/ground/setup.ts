import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { prepare } from './programs.ts'
import { startRedis } from './redis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    ground: {
      dir: string
      postgres: string
      template: string
      redis: string | null
      redisServer: string | null
      chromium: string | null
    }
  }
}

const TEMPLATE = `yinqiao_template_${process.pid}`

/**
 * The real parts, once per run: an embedded PostgreSQL with a migrated template database, a Redis, a Chromium. Both servers
 * end with this process, however it ends; directories of runs that were killed are swept by the next one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  sweep()
  const programs = prepare()
  const dir = mkdtempSync(join(tmpdir(), `yinqiao-test-${process.pid}-`))
  const started: { stop(): Promise<void> }[] = []
  const stop = async () => {
    await Promise.allSettled(started.map((server) => server.stop()))
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const compiled = compileOnce(join(dir, 'compiled'))
    const postgres = await startPostgres(dir)
    started.push(postgres)
    const redisServer = programs['redis-server']
    const redis = redisServer ? await startRedis({ program: redisServer, dir }) : null
    if (redis) started.push(redis)
    await makeTemplate(postgres.url)
    await compiled
    project.provide('ground', {
      dir,
      postgres: postgres.url,
      template: TEMPLATE,
      redis: redis?.url ?? null,
      redisServer,
      chromium: programs.chromium,
    })
    return stop
  } catch (error) {
    await stop() // vitest calls no teardown for a set-up that failed
    throw error
  }
}

/** The many processes that tests start and kill find their code compiled: that is a third of what a start costs. */
const compileOnce = async (cache: string): Promise<void> => {
  process.env['NODE_COMPILE_CACHE'] = cache
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', "await import('./src/app.ts')"])
}

/** The embedded server, or the one that TEST_DATABASE_URL names: every release from 15 on may be tried. Leaves nothing in it. */
const startPostgres = async (dir: string): Promise<{ url: string; stop(): Promise<void> }> => {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return { url, stop: () => dropTemplate(url) }
  // Speed, not durability: nothing here outlives the run. Tests of durability start their own server.
  return startEmbedded({ dataDir: dir, settings: ['fsync=off', 'full_page_writes=off', 'max_connections=300'] })
}

const dropTemplate = async (url: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await admin.query(`alter database ${TEMPLATE} with is_template false`)
    await admin.query(`drop database ${TEMPLATE}`)
  } finally {
    await admin.end()
  }
}

const makeTemplate = async (url: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await admin.query(`create database ${TEMPLATE}`)
    const template = new URL(url)
    template.pathname = `/${TEMPLATE}`
    await migrate(template.href)
    await admin.query(`alter database ${TEMPLATE} with is_template true allow_connections false`)
  } finally {
    await admin.end()
  }
}

const sweep = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^yinqiao-test-(\d+)-/.exec(name)?.[1]
    if (pid && !alive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
