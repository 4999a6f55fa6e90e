import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importColumns } from '../../src/crm/import-line.ts'
import { startApi, type ApiGround } from './api-ground.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

const header = importColumns.join(',')
type Report = { accepted: number; rejected: { line: number; message: string }[] }
const send = (raw: string | Uint8Array, type = 'text/csv') =>
  it.call<Report>('POST', '/customers/import', { raw, type })
const file = (...lines: string[]) => send([header, ...lines].join('\n'))
const customer = async (id: string) => (await it.call('GET', `/customers/${id}`)).body

test('lines become customers; importing again changes nothing', async () => {
  const lines = ['wm_a,C_A,u_a,sme,gold,Li.Wei,shanghai,F1,"麦香, 面包房",理财;房贷', 'wm_b,,,,,,,,,']
  expect((await file(...lines)).body).toEqual({ accepted: 2, rejected: [] })
  expect(await customer('wm_a')).toMatchObject({
    clientNo: 'C_A',
    kind: 'sme',
    tier: 'gold',
    owner: 'li.wei',
    branch: 'shanghai',
    firm: '麦香, 面包房',
    firmNo: 'F1',
    tags: ['理财', '房贷'],
    known: true,
  })
  const { updatedAt: _, ...before } = await customer('wm_a')
  expect((await file(...lines)).body).toEqual({ accepted: 2, rejected: [] })
  expect(await customer('wm_a')).toMatchObject(before)
})

test('an empty cell leaves what is known, a filled one replaces it', async () => {
  await file('wm_keep,,,sme,gold,li.wei,shanghai,,,老客户')
  await file('wm_keep,,,,silver,,,,,')
  expect(await customer('wm_keep')).toMatchObject({ kind: 'sme', tier: 'silver', owner: 'li.wei', tags: ['老客户'] })
})

const bad: [why: string, line: string, message: RegExp][] = [
  ['no name at all', ',,,person,,,,,,', /至少填一项/],
  ['an unknown kind', 'wm_x,,,company,,,,,,', /kind 只能是/],
  ['a kind that is a property of every object', 'wm_x,,,constructor,,,,,,', /kind 只能是/],
  ['an owner that cannot be a userid', 'wm_x,,,,,李 伟,,,,', /owner/],
  ['too few cells', 'wm_x,C', /应有 10 列，实有 2 列/],
  ['too many cells', 'wm_x,,,,,,,,,,', /应有 10 列，实有 11 列/],
  ['a name that is too long', `${'x'.repeat(65)},,,,,,,,,`, /external_userid 超过 64/],
  ['a stray quote', 'wm_x,"oops,,,,,,,,', /引号不成对/],
  ['a quote that opens in the middle and ends in the next line', 'a"b,"wm_x,,,,,,,,', /引号不成对/],
  ['a NUL', 'wm_x\u0000,,,,,,,,,', /不可见字符/],
  ['an endless line', `wm_x,,,,,,,,,${'标签;'.repeat(4000)}`, /过长/],
]
test.each(bad)('%s is rejected with its line, and the lines around it are stored', async (why, line, message) => {
  const id = `wm_around_${bad.findIndex(([name]) => name === why)}`
  const { status, body } = await file(`${id}_1,,,,,,,,,`, '', line, `${id}_2,,,,,,,,,`)
  expect(status).toBe(200)
  expect(body.accepted).toBe(2)
  expect(body.rejected).toEqual([{ line: 4, message: expect.stringMatching(message) }])
  expect((await customer(`${id}_2`))['externalUserId']).toBe(`${id}_2`)
  expect(JSON.stringify(body)).not.toContain('oops')
})

test('a name that stands in two lines is taken once', async () => {
  const { body } = await file('wm_dup,C_D1,,,,,,,,', 'wm_other,C_D1,,,,,,,,', 'wm_dup,,,,,,,,,')
  expect(body).toEqual({
    accepted: 1,
    rejected: [
      { line: 3, message: '与第 2 行重复' },
      { line: 4, message: '与第 2 行重复' },
    ],
  })
})

describe('one person under several names', () => {
  test('first by client number, then with his external_userid: one customer with both', async () => {
    await file(',C_J1,,sme,gold,,,,,')
    await file('wm_j1,C_J1,u_j1,,,,,,,')
    expect(await customer('wm_j1')).toMatchObject({ clientNo: 'C_J1', kind: 'sme', tier: 'gold' })
  })

  test('a stranger of WeCom and a client of the bank are found to be one', async () => {
    await it.db.insertInto('customers').values({ external_userid: 'wm_j2', channel: 'app' }).execute()
    await file(',C_J2,,sme,gold,li.wei,,,,')
    expect((await file('wm_j2,C_J2,,,,,,,,')).body).toEqual({ accepted: 1, rejected: [] })
    expect(await customer('wm_j2')).toMatchObject({
      clientNo: 'C_J2',
      kind: 'sme',
      tier: 'gold',
      owner: 'li.wei',
      channel: 'app',
    })
    const rows = await it.db.selectFrom('customers').select('id').where('client_no', '=', 'C_J2').execute()
    expect(rows).toHaveLength(1)
  })

  test('names of two different customers of WeCom in one line are rejected, and nothing is mixed', async () => {
    await file('wm_k1,C_K1,,,,,,,,', 'wm_k2,C_K2,,,,,,,,')
    const { body } = await file('wm_k1,C_K2,,,,,,,,', 'wm_new,C_K1,,,,,,,,', ',C_K1,,,diamond,,,,,')
    expect(body.accepted).toBe(0)
    expect(body.rejected.map((one) => one.line)).toEqual([2, 3, 4])
    const { body: again } = await file(',C_K1,,,diamond,,,,,')
    expect(again.accepted).toBe(1)
    expect(await customer('wm_k1')).toMatchObject({ clientNo: 'C_K1', tier: 'diamond' })
  })

  test('client numbers exchanged between two customers end line by line, not in an error', async () => {
    await file('wm_s1,C_S1,,,,,,,,', 'wm_s2,C_S2,,,,,,,,')
    await it.db.updateTable('customers').set({ unionid: 'u_s1' }).where('external_userid', '=', 'wm_s1').execute()
    const { status, body } = await file('wm_s1,C_FREE,,,,,,,,', 'wm_s2,C_S1,,,,,,,,')
    expect(status).toBe(200)
    expect(body.accepted + body.rejected.length).toBe(2)
    expect(await customer('wm_s1')).toMatchObject({ clientNo: 'C_FREE' })
  })
})

test('the same file from three people at once is stored once', async () => {
  const lines = Array.from({ length: 800 }, (_, n) => `wm_three_${n},C_T_${n},,,,,,,,`)
  const reports = await Promise.all([file(...lines), file(...lines.toReversed()), file(...lines)])
  for (const { body } of reports) expect(body).toEqual({ accepted: 800, rejected: [] })
  const { rows } = await it.pool.query(
    "select count(*)::int as count from customers where external_userid like 'wm_three_%'",
  )
  expect(rows[0]).toEqual({ count: 800 })
})

describe('the file', () => {
  const line = 'wm_enc,,,,,,,,面包房,理财'
  const gb18030 = Uint8Array.from([
    ...Buffer.from(`${header}\r\nwm_gb,,,,,,,,`),
    0xc3,
    0xe6,
    0xb0,
    0xfc,
    0xb7,
    0xbf,
    ...Buffer.from(',\r\n'),
  ])

  test('UTF-8 with a BOM and Windows line ends', async () => {
    expect((await send(`\ufeff${header}\r\n${line}\r\n`)).body).toEqual({ accepted: 1, rejected: [] })
    expect(await customer('wm_enc')).toMatchObject({ firm: '面包房', tags: ['理财'] })
  })
  test('GB18030, as Excel saves it', async () => {
    expect((await send(gb18030)).body).toEqual({ accepted: 1, rejected: [] })
    expect(await customer('wm_gb')).toMatchObject({ firm: '面包房' })
  })
  test('a byte order mark in GB18030', async () => {
    expect((await send(Uint8Array.from([0x84, 0x31, 0x95, 0x33, ...gb18030]))).body).toEqual({
      accepted: 1,
      rejected: [],
    })
  })
  test('columns in another order and in upper case', async () => {
    const turned = [...importColumns].reverse()
    expect(
      (
        await send(
          `${turned.join(',').toUpperCase()}\n${turned.map((name) => (name === 'external_userid' ? 'wm_turned' : '')).join(',')}`,
        )
      ).body.accepted,
    ).toBe(1)
  })
  test.each([
    ['empty', '', /空的/],
    ['without a column', header.replace(',tags', ''), /缺少：tags/],
    ['with a column too many', `${header},phone`, /多余/],
    ['with a column twice', `${header},tags`, /多余或重复/],
    ['in UTF-16', Uint8Array.from(Buffer.from(`\ufeff${header}\nwm_16,,,,,,,,,`, 'utf16le')), /表头缺少|编码/],
  ])('a file %s is refused as a whole', async (_, content, message) => {
    const { status, body } = await it.call('POST', '/customers/import', { raw: content, type: 'text/csv' })
    expect(status).toBe(422)
    expect(body['errors']).toEqual([{ path: '', message: expect.stringMatching(message) }])
  })
  test('JSON is 415, more than 10 MB is 413', async () => {
    expect((await it.call('POST', '/customers/import', { body: {} })).status).toBe(415)
    expect(
      (await it.call('POST', '/customers/import', { raw: 'x'.repeat(10 * 1_048_576 + 1), type: 'text/csv' })).status,
    ).toBe(413)
  })
  test('50,000 lines are stored', { timeout: 120_000 }, async () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `wm_many_${n},C_M_${n},,person,,li.wei,shanghai,,,"a;b"`)
    const begun = performance.now()
    expect((await file(...lines)).body).toEqual({ accepted: 50_000, rejected: [] })
    console.log(`import of 50,000 lines: ${Math.round(performance.now() - begun)} ms`)
    const { rows } = await it.pool.query(
      "select count(*)::int as count from customers where external_userid like 'wm_many_%'",
    )
    expect(rows[0]).toEqual({ count: 50_000 })
  })
})

test('formulas and markup are data, stored as they are', async () => {
  await file(`wm_evil,"=cmd|' /C calc'!A0",,,<img src=x onerror=alert(1)>,,,,,"@SUM(1);'; drop table customers;--"`)
  expect(await customer('wm_evil')).toMatchObject({
    clientNo: "=cmd|' /C calc'!A0",
    tier: '<img src=x onerror=alert(1)>',
  })
})
