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

test('friendships of an earlier start are known to the next one, ended ones are not', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  const states = async (): Promise<unknown[]> => {
    const friends = `select c.external_userid as who, k.state from contacts k join customers c on c.id = k.customer_id
      where c.external_userid in ('wm_lin', 'wm_tang') order by 1`
    return (await pool.query<{ who: string; state: string }>(friends)).rows.map(({ who, state }) => `${who} ${state}`)
  }
  const first = await begin()
  const before = first.simulator?.control
  before?.customer('wm_lin').adds('xu.ning', 'lobby')
  before?.customer('wm_tang').adds('xu.ning')
  await expect.poll(states, { timeout: 10_000 }).toEqual(['wm_lin active', 'wm_tang active'])
  before?.customer('wm_tang').deletes('xu.ning')
  await expect.poll(states, { timeout: 10_000 }).toEqual(['wm_lin active', 'wm_tang lost'])
  const { linkId, url } = before?.contacts.makeLink({ name: '徐宁', users: ['xu.ning'] }) ?? { linkId: '', url: '' }
  const keep = "insert into manager_links (rm, via, ref, url) values ('xu.ning', 'acquisition-link', $1, $2)"
  await pool.query(keep, [linkId, url])
  await first.stop()
  await pool.end()

  const second = await begin()
  const after = second.simulator?.control.contacts
  expect(after?.relation('xu.ning', 'wm_lin')).toMatchObject({ phase: 'full', state: 'lobby' })
  expect(after?.relation('xu.ning', 'wm_tang')).toBeNull()
  expect(second.simulator?.control.customer('wm_gao').addsByLink(url)).toEqual({ userid: 'xu.ning', outcome: 'half' })
  expect(after?.relation('sun.li', 'wm_qian')).toMatchObject({ phase: 'full', tags: ['白金', '理财'] })
  await second.stop()
})
