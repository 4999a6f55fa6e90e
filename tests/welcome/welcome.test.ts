import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const second = 1_000
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
})
afterAll(() => world.stop())

const seen = (name: string, manager = 'li.wei') =>
  world
    .customer(name)
    .raw.seesOf(manager)
    .map((line) => JSON.stringify(line.payload))
const codes = async (name: string) =>
  (
    await world.pool.query(
      'select rm, half, rule, outcome, delay_ms from welcomes where external_userid = $1 order by id',
      [name],
    )
  ).rows
const tasksOf = async (name: string) =>
  (await world.pool.query('select kind, rm, title from tasks where external_userid = $1', [name])).rows
const sayings = async (name: string) =>
  (
    await world.pool.query(
      "select kind, rm, data from touchpoints where external_userid = $1 and kind like 'message.%' order by id",
      [name],
    )
  ).rows
/** WeCom's callback is under way for so long. */
const underWay = async (ms: number, act: () => void): Promise<void> => {
  world.wecom.callbacks.knobs.delayMs = [200, 200]
  act()
  world.clock.advance(ms)
  await world.settle()
  world.wecom.callbacks.knobs.delayMs = [0, 0]
}

describe('a new friend is welcomed in his manager’s name', () => {
  test('by the code, at once, with the words of the fallback; the books know it', async () => {
    world.customer('wm_new').raw.adds('li.wei')
    await world.settle()
    expect(seen('wm_new').at(-1)).toContain('尊敬的客户您好，我是您的客户经理李伟')
    expect(await codes('wm_new')).toMatchObject([{ rm: 'li.wei', half: false, rule: 'fallback', outcome: 'delivered' }])
    expect((await codes('wm_new'))[0].delay_ms).toBeLessThan(5_000)
    expect(await sayings('wm_new')).toEqual([{ kind: 'message.sent', rm: 'li.wei', data: { via: 'welcome' } }])
    expect(await tasksOf('wm_new')).toEqual([])
  })

  test('whoever is known is called by his name', async () => {
    await world.pool.query("insert into customers (external_userid, name) values ('wm_named', '王小明')")
    world.customer('wm_named').raw.adds('li.wei')
    await world.settle()
    expect(seen('wm_named').at(-1)).toContain('王小明您好，我是')
  })

  test('half added he is welcomed once; the whole add says nothing again', async () => {
    const { qrCode } = world.wecom.contacts.makeWay({ users: ['li.wei'] })
    world.customer('wm_half').raw.scans(qrCode)
    await world.settle()
    world.rm('li.wei').accepts('wm_half')
    await world.settle()
    expect(seen('wm_half').filter((line) => line.includes('我是您的客户经理'))).toHaveLength(1)
    expect(await codes('wm_half')).toMatchObject([{ half: true, outcome: 'delivered' }])
    expect(await tasksOf('wm_half')).toEqual([])
  })

  test('outside business hours he hears that; who comes back hears that he is welcome again', async () => {
    world.customer('wm_back').raw.adds('li.wei')
    await world.settle()
    world.customer('wm_back').raw.deletes('li.wei')
    await world.settle()
    world.rm('li.wei').deletesContact('wm_back')
    await world.settle()
    world.clock.advance(3 * 86_400_000)
    world.customer('wm_back').raw.adds('li.wei')
    await world.settle()
    expect(seen('wm_back').at(-1)).toContain('很高兴又能为您服务')
    expect((await codes('wm_back')).map(({ rule }) => rule)).toEqual(['fallback', 'again'])
  })

  test('a code of 21 seconds is missed: nobody calls WeCom, it is counted, and his manager is asked to greet him', async () => {
    const calls = world.wecom.calls('externalcontact/send_welcome_msg').length
    await underWay(21 * second, () => world.customer('wm_late').raw.adds('li.wei'))
    expect(world.wecom.calls('externalcontact/send_welcome_msg')).toHaveLength(calls)
    expect(await codes('wm_late')).toMatchObject([{ outcome: 'missed' }])
    expect(await sayings('wm_late')).toEqual([
      { kind: 'message.failed', rm: 'li.wei', data: { via: 'welcome', reason: 'missed' } },
    ])
    expect(await tasksOf('wm_late')).toEqual([
      { kind: 'follow-up', rm: 'li.wei', title: expect.stringContaining('打个招呼') },
    ])
    expect((await world.api('GET', '/integrity')).body).toMatchObject({ gaps: [] })
  })
})

describe('what else may happen to a code', () => {
  const path = 'externalcontact/send_welcome_msg'
  const refuses = (errcode: number, times: number) => world.wecom.faults.add({ path, does: 'errcode', errcode, times })
  const triesDuring = async (act: () => Promise<void>): Promise<number> => {
    const before = world.wecom.calls(path).length
    await act()
    return world.wecom.calls(path).length - before
  }
  const isAdded = (name: string) => async (): Promise<void> => {
    world.customer(name).raw.adds('li.wei')
    await world.settle()
  }

  test('another app is sending (41096): tried again while the code lives; it was quicker (41051): as good as delivered', async () => {
    refuses(41096, 1)
    refuses(41051, 2)
    expect(await triesDuring(isAdded('wm_race'))).toBe(2)
    world.wecom.faults.clear()
    expect(await codes('wm_race')).toMatchObject([{ outcome: 'already' }])
    expect(await tasksOf('wm_race')).toEqual([])
  })

  test('the other app gave up: ours is sent', async () => {
    refuses(41096, 2)
    expect(await triesDuring(isAdded('wm_gave_up'))).toBe(3)
    world.wecom.faults.clear()
    expect(await codes('wm_gave_up')).toMatchObject([{ outcome: 'delivered' }])
    expect(seen('wm_gave_up').at(-1)).toContain('李伟')
  })

  test('the answer gets lost: not said twice, and counted as delivered', async () => {
    world.wecom.faults.add({ path, does: 'drop', times: 1 })
    await isAdded('wm_lost_answer')()
    expect(seen('wm_lost_answer').filter((line) => line.includes('我是您的客户经理'))).toHaveLength(1)
    expect((await codes('wm_lost_answer'))[0].outcome).toMatch(/delivered|already/)
  })

  test('WeCom refuses the words: counted, and his manager greets him', async () => {
    refuses(41065, 1)
    await isAdded('wm_refused')()
    world.wecom.faults.clear()
    expect(await codes('wm_refused')).toMatchObject([{ outcome: 'refused' }])
    expect(await tasksOf('wm_refused')).toHaveLength(1)
  })

  test('a WeCom user of another corp has no code: his manager greets him, and nothing has failed', async () => {
    world.wecom.customer('wo_partner', { kind: 'wecom', nickname: '供应商小李' }).adds('li.wei')
    await world.settle()
    expect(await codes('wo_partner')).toEqual([])
    expect(await tasksOf('wo_partner')).toEqual([
      { kind: 'follow-up', rm: 'li.wei', title: expect.stringContaining('打个招呼') },
    ])
    expect(await sayings('wo_partner')).toEqual([])
  })

  test('a welcome overtakes a backlog of 500 events', async () => {
    await world.pool.query(
      `insert into inbox (kind, key, subject, lane, payload, occurred_at)
       select 'contact/msg_audit_approved', 'backlog:' || n, 'wm_backlog_' || n, 1,
         jsonb_build_object('change', jsonb_build_object('UserID', 'li.wei', 'ExternalUserID', 'wm_backlog_' || n)), now()
       from generate_series(1, 500) n`,
    )
    world.customer('wm_first').raw.adds('li.wei')
    await world.settle(60_000)
    const { rows } = await world.pool.query(
      `select count(*)::int as before from inbox where key like 'backlog:%' and done_at < (select done_at from inbox where subject = 'wm_first' and kind = 'contact/add_external_contact')`,
    )
    expect(rows[0].before).toBeLessThan(250)
    expect(await codes('wm_first')).toMatchObject([{ outcome: 'delivered' }])
  })

  test('the share that was missed can be read', async () => {
    const { body } = await world.api('GET', '/welcomes/figures?after=2026-01-01T00:00:00Z')
    const { rows } = await world.pool.query('select outcome, count(*)::int as n from welcomes group by 1')
    const counted = Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]))
    expect(body).toMatchObject({ ...counted, waiting: 0, codes: rows.reduce((sum, { n }) => sum + n, 0) })
    expect(body['missedShare']).toBeCloseTo(1 / Number(body['codes']))
    expect(body['p95Ms']).toBeGreaterThan(0)
  })
})

test('operations see welcomes, their seconds and the friendships at /metrics', async () => {
  world.customer('wm_met').raw.adds('li.wei')
  await world.settle()
  world.customer('wm_met').raw.deletes('li.wei')
  await world.settle()
  const text = await (await fetch(`${world.app.url}/metrics`)).text()
  const metric = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`yinqiao_${name} `))
    return Number(line?.split(' ').at(-1))
  }
  const { rows } = await world.pool.query('select outcome, count(*)::int as n from welcomes group by 1')
  const booked = (outcome: string): number => rows.find((row) => row.outcome === outcome).n
  expect(metric('welcomes_total{outcome="sent",reason=""}')).toBe(booked('delivered'))
  expect(metric('welcomes_total{outcome="already",reason=""}')).toBe(booked('already'))
  expect(metric('welcomes_total{outcome="missed",reason="late"}')).toBe(booked('missed'))
  expect(metric('welcomes_total{outcome="missed",reason="refused"}')).toBe(booked('refused'))
  expect(metric('welcome_seconds_count')).toBe(booked('delivered'))
  expect(metric('welcome_seconds_bucket{le="20"}')).toBe(booked('delivered'))
  const lines = await world.pool.query(
    "select kind || coalesce(data ->> 'half', '') as what, count(*)::int as n from touchpoints where kind like 'contact.%' group by 1",
  )
  const told = Object.fromEntries(lines.rows.map(({ what, n }) => [what, n]))
  expect(metric('contacts_total{change="added"}')).toBe(told['contact.added'])
  expect(metric('contacts_total{change="half_added"}')).toBe(told['contact.addedtrue'])
  expect(metric('contacts_total{change="confirmed"}')).toBe(told['contact.confirmed'])
  expect(metric('contacts_total{change="lost"}')).toBe(told['contact.lost'])
})
