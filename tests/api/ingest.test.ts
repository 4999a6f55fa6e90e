import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'

let it: ApiGround
let app: string
beforeAll(async () => {
  it = await startApi()
  app = await it.key('app')
})
afterAll(() => it.stop())

type Report = { accepted: number; duplicates: number; rejected: { index: number; message: string }[] }
const post = async (body: unknown) => (await it.call<Report>('POST', '/touchpoints', { key: app, body })).body
const recent = (secondsAgo = 60) => new Date(Date.now() - secondsAgo * 1000).toISOString()
const touch = (key: string, rest: object = {}) => ({ key, kind: 'app.viewed', at: recent(), clientNo: 'C1', ...rest })
type Touch = {
  kind: string
  at: string
  customerId: string
  externalUserId: string | null
  channel: string | null
  sourceId: string
  data: object
}
const journey = async (query: string) => (await it.call<{ items: Touch[] }>('GET', `/touchpoints?${query}`)).body.items

describe('a touchpoint', () => {
  test('is recorded with the client whom nobody knew, and found under his number', async () => {
    const at = recent()
    const body = {
      key: 't1',
      kind: 'app.button_tapped',
      at,
      clientNo: 'C_NEW',
      channel: 'app_home',
      data: { page: 'loan', amount: 500_000, steps: [1, 2], nested: { a: null } },
    }
    expect(await post(body)).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
    const [found, ...others] = await journey('clientNo=C_NEW')
    expect(others).toEqual([])
    expect(found).toMatchObject({
      kind: 'app.button_tapped',
      at,
      externalUserId: null,
      channel: 'app_home',
      sourceId: 'app:t1',
      data: body.data,
    })
    const { items } = (await it.call<{ items: object[] }>('GET', '/customers?clientNo=C_NEW')).body
    expect(items).toMatchObject([
      {
        id: found?.customerId,
        externalUserId: null,
        known: true,
        channel: 'app_home',
        identities: [{ kind: 'client_no', value: 'C_NEW' }],
      },
    ])
  })

  test('posted again is a duplicate, whatever it says now', async () => {
    expect(await post(touch('again'))).toMatchObject({ accepted: 1 })
    expect(await post(touch('again'))).toEqual({ accepted: 0, duplicates: 1, rejected: [] })
    expect(
      await post([
        touch('again', { kind: 'app.other', at: recent(5), clientNo: 'C9' }),
        touch('twice'),
        touch('twice', { kind: 'app.other' }),
      ]),
    ).toEqual({ accepted: 1, duplicates: 2, rejected: [] })
    expect(
      (await journey('clientNo=C1'))
        .filter(({ sourceId }) => sourceId === 'app:again' || sourceId === 'app:twice')
        .map(({ kind }) => kind),
    ).toEqual(['app.viewed', 'app.viewed'])
    expect((await it.call<{ items: object[] }>('GET', '/customers?clientNo=C9')).body.items).toEqual([])
  })

  test('of a customer of WeCom carries his external_userid, by whichever name he is called', async () => {
    await it.call('PUT', '/customers/wm_known', { body: { kind: 'person', clientNo: 'C_KNOWN' } })
    await it.db.updateTable('customers').set({ unionid: 'u_known' }).where('external_userid', '=', 'wm_known').execute()
    const names = [{ clientNo: 'C_KNOWN' }, { unionid: 'u_known' }, { externalUserId: 'wm_known' }]
    await post(names.map((name, n) => ({ key: `known${n}`, kind: 'app.viewed', at: recent(), ...name })))
    const found = await journey('clientNo=C_KNOWN')
    expect(found.map(({ externalUserId }) => externalUserId)).toEqual(['wm_known', 'wm_known', 'wm_known'])
    expect(await journey('externalUserId=wm_known')).toEqual(found)
  })

  test('of somebody known by a unionid or an external_userid alone makes him, and does not call him a client', async () => {
    await post([
      { ...touch('u'), clientNo: undefined, unionid: 'u_only' },
      { ...touch('e'), clientNo: undefined, externalUserId: 'wm_only' },
    ])
    expect((await it.call('GET', '/customers/wm_only')).body).toMatchObject({ known: false, clientNo: null })
    const row = await it.db
      .selectFrom('customers')
      .selectAll()
      .where('unionid', '=', 'u_only')
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ known: false, external_userid: null })
  })

  test('does not take the first channel away', async () => {
    await post(touch('ch1', { clientNo: 'C_CH' }))
    await post([
      touch('ch3', { clientNo: 'C_CH', channel: 'later', at: recent(1) }),
      touch('ch2', { clientNo: 'C_CH', channel: 'sms', at: recent(30) }),
    ])
    await post(touch('ch4', { clientNo: 'C_CH', channel: 'app_home' }))
    const { items } = (await it.call<{ items: object[] }>('GET', '/customers?clientNo=C_CH')).body
    expect(items).toMatchObject([{ channel: 'sms' }])
  })

  test('of years ago gets the month it belongs to', async () => {
    const at = new Date(Date.UTC(new Date().getUTCFullYear() - 3, 4, 31, 23, 59, 59)).toISOString()
    expect(await post(touch('old', { clientNo: 'C_OLD', at }))).toMatchObject({ accepted: 1 })
    expect(await journey('clientNo=C_OLD')).toMatchObject([{ at }])
    const { rows } = await it.pool.query('select count(*)::int as stray from touchpoints_elsewhen')
    expect(rows).toEqual([{ stray: 0 }])
  })
})

const bad: [why: string, value: unknown, message: RegExp][] = [
  ['no key', { ...touch('x'), key: undefined }, /key 必填/],
  ['an empty key', touch(' '), /key/],
  ['a key that is too long', touch('k'.repeat(129)), /key 最多 128/],
  ['a kind of ours', touch('x', { kind: 'message.received' }), /kind 应为 app\./],
  ['a bare kind', touch('x', { kind: 'app.' }), /kind/],
  ['a kind that is too long', touch('x', { kind: `app.${'k'.repeat(61)}` }), /kind/],
  ['a time without a zone', touch('x', { at: '2026-01-01T00:00:00' }), /at 应为带时区的时间/],
  ['a time that is none', touch('x', { at: 'yesterday' }), /at/],
  ['a time to come', touch('x', { at: new Date(Date.now() + 2 * 86_400_000).toISOString() }), /at 在未来/],
  ['a time before all computers', touch('x', { at: '1970-01-01T00:00:00Z' }), /at 早于/],
  ['nobody whose it is', { ...touch('x'), clientNo: undefined }, /缺少客户标识/],
  ['an empty client number', touch('x', { clientNo: '' }), /clientNo/],
  ['an unknown field', touch('x', { phone: '13800000000' }), /phone 没有这个字段/],
  ['data that is a list', touch('x', { data: [1] }), /data 应为对象/],
  ['data of more than 4 KB', touch('x', { data: { a: '贷'.repeat(1400) } }), /data 不能超过 4 KB/],
  ['a message text', touch('x', { data: { content: '我想贷款' } }), /data 不能含有消息正文/],
  ['a text', 'touch', /应为对象/],
  ['null', null, /应为对象/],
]
test.each(bad)('%s is rejected with its place and a reason; the others are recorded', async (why, value, message) => {
  const key = `beside-${why}`
  const report = await post([touch(`${key}-1`), value, touch(`${key}-2`)])
  expect(report).toEqual({
    accepted: 2,
    duplicates: 0,
    rejected: [{ index: 1, message: expect.stringMatching(message) }],
  })
  expect(JSON.stringify(report)).not.toMatch(/13800000000|我想贷款/)
})

describe('a call', () => {
  test('with one bad touchpoint alone says so the same way', async () => {
    expect(await post({ key: 'x' })).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
  })
  test('with none is fine', async () => {
    expect(await post([])).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
  })
  test.each([
    ['more than 1,000', Array.from({ length: 1001 }, (_, n) => touch(`m${n}`))],
    ['a number', 7],
    ['a text', 'x'],
  ])('with %s is a 422, and nothing is stored', async (_, body) => {
    expect((await it.call('POST', '/touchpoints', { key: app, body })).status).toBe(422)
    expect(await it.db.selectFrom('app_touchpoint_keys').where('key', '=', 'm1').selectAll().execute()).toEqual([])
  })
  test('that is no JSON is a 400, another type a 415, an auditor a 403', async () => {
    expect((await it.call('POST', '/touchpoints', { key: app, raw: '{' })).status).toBe(400)
    expect((await it.call('POST', '/touchpoints', { key: app, raw: 'x', type: 'text/plain' })).status).toBe(415)
    expect((await it.call('POST', '/touchpoints', { key: await it.key('auditor'), body: [] })).status).toBe(403)
  })

  test('with a thousand of 4 KB each is quick, and quick again as duplicates', async () => {
    const data = { page: 'x'.repeat(4000) }
    const body = Array.from({ length: 1000 }, (_, n) =>
      touch(`thousand${n}`, { clientNo: `C_T${n % 700}`, channel: 'app_home', data }),
    )
    const begun = performance.now()
    expect(await post(body)).toEqual({ accepted: 1000, duplicates: 0, rejected: [] })
    const took = performance.now() - begun
    const again = performance.now()
    expect(await post(body)).toEqual({ accepted: 0, duplicates: 1000, rejected: [] })
    console.log(`1,000 touchpoints: ${Math.round(took)} ms, again ${Math.round(performance.now() - again)} ms`)
    const { rows } = await it.pool.query("select count(*)::int as made from customers where client_no like 'C_T%'")
    expect(rows).toEqual([{ made: 700 }])
  })

  test('from several programs at once, with the same keys and clients, records each once', async () => {
    const body = Array.from({ length: 300 }, (_, n) =>
      touch(`storm${n}`, { clientNo: `C_S${n % 50}`, channel: `ch${n % 3}` }),
    )
    const reports = await Promise.all([body, body.toReversed(), body, body.slice(100)].map(post))
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300)
    expect(reports.reduce((sum, { accepted, duplicates }) => sum + accepted + duplicates, 0)).toBe(1100)
    const { rows } = await it.pool.query(
      "select count(*)::int as count, count(distinct source_id)::int as sources from touchpoints where source_id like 'app:storm%'",
    )
    expect(rows).toEqual([{ count: 300, sources: 300 }])
  })
})

describe('a file', () => {
  type FileReport = Omit<Report, 'rejected'> & { rejected: { line: number; message: string }[] }
  const send = (raw: string) => it.call<FileReport>('POST', '/touchpoints/import', { key: app, raw, type: 'text/csv' })

  test('follows the same rules, line by line', async () => {
    const at = recent()
    const lines = [
      'key,kind,at,client_no,channel,data',
      `f1,app.viewed,${at},C_F,sms,"{""page"":""loan"",""n"":[1]}"`,
      `f2,app.viewed,${at},,sms,`,
      `f1,app.viewed,${at},C_F,sms,`,
      `f3,app.viewed,${at},C_F,,not json`,
      `f4,app.viewed,${at},C_F,,`,
      `f5,app.viewed,${at},C_F,,"{""a"":""\\u0000""}"`,
      `f6,app.viewed,${at},C_F,"x`,
    ]
    const { status, body } = await send(lines.join('\n'))
    expect(status).toBe(200)
    expect(body).toEqual({
      accepted: 2,
      duplicates: 1,
      rejected: [
        { line: 3, message: '缺少客户标识：clientNo、unionid、externalUserId 填一项' },
        { line: 5, message: 'data 应为对象' },
        { line: 7, message: 'data 应为对象' },
        { line: 8, message: expect.stringContaining('引号') },
      ],
    })
    expect((await journey('clientNo=C_F')).map(({ sourceId, data }) => [sourceId, data]).toSorted()).toEqual([
      ['app:f1', { page: 'loan', n: [1] }],
      ['app:f4', {}],
    ])
    expect((await send(lines.slice(0, 2).join('\n'))).body).toEqual({ accepted: 0, duplicates: 1, rejected: [] })
  })

  test('of 5,000 lines is recorded', async () => {
    const at = recent()
    const lines = Array.from({ length: 5000 }, (_, n) => `big${n},app.viewed,${at},C_B${n % 400},app_home,`)
    const begun = performance.now()
    expect((await send(['key,kind,at,client_no,channel,data', ...lines].join('\n'))).body).toEqual({
      accepted: 5000,
      duplicates: 0,
      rejected: [],
    })
    console.log(`5,000 lines: ${Math.round(performance.now() - begun)} ms`)
  })

  test.each([
    ['', /空的/],
    ['key,kind', /缺少：at/],
    ['key,kind,at,phone', /多余/],
  ])('with the header %j is refused as a whole', async (header, message) => {
    const { status, body } = await it.call('POST', '/touchpoints/import', { key: app, raw: header, type: 'text/csv' })
    expect(status).toBe(422)
    expect(body['errors']).toEqual([{ path: '', message: expect.stringMatching(message) }])
  })
})
