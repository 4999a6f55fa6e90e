import pg from 'pg'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readSettings } from '../../src/settings.ts'
import { exampleCorp, smeAccount } from '../../src/simulator/example-corp.ts'
import { freshDatabase, tempDir } from '../ground/ground.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const key = 'test-admin-key-0123456789'
const begin = (): Promise<App> => {
  const settings = readSettings({
    DATABASE_URL: database.url,
    DATA_DIR: tempDir(),
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ADMIN_API_KEY: key,
    PORT: '0',
  })
  return startApp({ settings, log: pino({ level: 'silent' }) })
}
const ask = async (app: App, method: string, path: string, body?: object) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as { url: string; items: { key: string; kind: string }[] }
}

test('the example bank has its channels, and a link of an earlier start still opens the chat', async () => {
  const first = await begin()
  const { items } = await ask(first, 'GET', '/channels')
  expect(items.map(({ key: name, kind }) => `${name} ${kind}`)).toEqual([
    'app_home app',
    'app_loan app',
    'branch_qr branch',
    'sms_renewal sms',
  ])
  expect(first.simulator?.control.calls('kf/add_contact_way')).toEqual([])
  const { url: known } = await ask(first, 'GET', '/channels/app_loan')
  expect(known).toBe(exampleCorp().links.find(({ scene }) => scene === 'app_loan')?.url)
  const { url } = await ask(first, 'PUT', '/channels/partner', { name: '学校', kind: 'partner', openKfId: smeAccount })
  await first.stop()

  const second = await begin()
  const opened = second.simulator?.control.customer('wm_again').opens({ url: `${url}&scene_param=x.1` })
  expect(opened).toMatchObject({ event: { scene: 'partner', scene_param: 'x.1' } })
  expect((await ask(second, 'GET', '/channels/partner')).url).toBe(url)
  await second.stop()
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  const { rows } = await pool.query('select count(*)::int as links from kf_links')
  await pool.end()
  expect(rows).toEqual([{ links: 5 }])
})
