import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { startEmbedded } from '../../src/store/embedded.ts'
import type { Log } from '../../src/store/log.ts'
import { tempDir } from '../ground/ground.ts'
import { startOwner, type Owner } from './owner-process.ts'

const parentOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}
const written = (owner: Owner, n: number) => vi.waitUntil(() => owner.acked() > n, { timeout: 20_000, interval: 20 })

/** Opens the directory again: every acknowledged row must be there, and it must not take longer than a person would wait. */
const reopen = async (dataDir: string, acked: number): Promise<void> => {
  const began = performance.now()
  const database = await startEmbedded({ dataDir })
  expect(performance.now() - began).toBeLessThan(12_000)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const {
    rows: [row],
  } = await client.query<{ count: number; max: number }>('select count(*)::int as count, max(n) as max from acked')
  await client.end()
  await database.stop()
  expect(row?.max).toBeGreaterThanOrEqual(acked)
  expect(row?.count).toBe(row?.max)
}

const deaths: Record<string, (owner: Owner, guard: number) => void> = {
  'Node alone': ({ process: node }) => kill(node.pid ?? 0),
  'Node with its process group': ({ process: node }) => kill(-(node.pid ?? 0)),
  'Node, the guard and the server, leaving its children': ({ process: node, server }, guard) =>
    [-(node.pid ?? 0), -guard, server].forEach(kill),
  'Node and the guard, leaving the server an orphan': ({ process: node }, guard) => {
    kill(node.pid ?? 0)
    kill(guard)
  },
}

test.each(Object.entries(deaths))(
  'kill -9 of %s loses no acknowledged row, three times over',
  async (_who, die) => {
    const dataDir = tempDir()
    for (let round = 1; round <= 3; round += 1) {
      const owner = await startOwner({ dataDir })
      await written(owner, owner.acked() + 20)
      die(owner, parentOf(owner.server))
      await reopen(dataDir, owner.acked())
    }
  },
  120_000,
)

test('when Node is killed its server ends by itself', async () => {
  const dataDir = tempDir()
  const owner = await startOwner({ dataDir })
  const guard = parentOf(owner.server)
  kill(owner.process.pid ?? 0)
  await expect
    .poll(() => [owner.server, guard].filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 })
    .toEqual([])
  expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down')
})

test('a server that is killed under a living Node is started again and the work goes on', async () => {
  const lines: string[] = []
  const log: Log = { info: () => {}, warn: () => {}, error: (_fields, message) => void lines.push(message) }
  const database = await startEmbedded({ dataDir: tempDir(), log })
  const pool = new pg.Pool({ connectionString: database.url })
  pool.on('error', () => {})
  const before = database.pid
  kill(before)
  await expect
    .poll(
      () =>
        pool.query('select 1 as one').then(
          ({ rows }) => rows,
          () => [],
        ),
      { timeout: 15_000 },
    )
    .toEqual([{ one: 1 }])
  await expect.poll(() => database.pid, { timeout: 15_000 }).not.toBe(before) // it takes connections a moment before we know it
  expect(lines).toContain('the embedded database ended unexpectedly; starting it again')
  await pool.end()
  await database.stop()
  expect(existsSync(`/proc/${database.pid}`)).toBe(false)
})
