import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { startRedis, type RedisServer } from './redis.ts'

export { freePort } from './port.ts'

/** A migrated database of one's own on the run's server (a clone of the template, some 30 ms). `drop` also ends its sessions. */
export const freshDatabase = async (): Promise<{ url: string; drop: () => Promise<void> }> => {
  const { template } = inject('ground')
  return create(`template ${template}`)
}

/** A database without a schema, for tests of the migrations themselves. */
export const emptyDatabase = async (): Promise<{ url: string; drop: () => Promise<void> }> => create('')

/** The run's Redis; flush nothing, use a prefix of your own. Throws a sentence when this machine has none. */
export const redisUrl = (): string => inject('ground').redis ?? missing('redis-server')

/** A Redis of one's own, to be frozen, killed and flushed. */
export const ownRedis = async (port?: number): Promise<RedisServer> => {
  const program = inject('ground').redisServer ?? missing('redis-server')
  return startRedis({ program, dir: tempDir(), ...(port === undefined ? {} : { port }) })
}

/** For playwright-core's `executablePath`. Throws a sentence when this machine has none. */
export const chromiumPath = (): string => inject('ground').chromium ?? missing('chromium')

/** A directory of one's own; it is removed when the run ends. */
export const tempDir = (): string => mkdtempSync(join(inject('ground').dir, 't'))

const create = async (how: string): Promise<{ url: string; drop: () => Promise<void> }> => {
  const name = `t_${randomBytes(6).toString('hex')}`
  await asAdmin(`create database ${name} ${how}`)
  const url = new URL(inject('ground').postgres)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => drop(name) }
}

/** A session that was just closed may live a moment longer; who forgot to close his is thrown out. */
const drop = async (name: string): Promise<void> => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return await asAdmin(`drop database if exists ${name}`)
    } catch (error) {
      if ((error as { code?: string }).code !== '55006') throw error // object_in_use
      await sleep(50)
    }
  }
  await asAdmin(`drop database if exists ${name} with (force)`)
}

const asAdmin = async (statement: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: inject('ground').postgres })
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}

const missing = (program: string): never => {
  throw new Error(`This test needs ${program}, which is not on this machine: apt-get install -y ${program}`)
}
