import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings, type Settings } from '../../src/settings.ts'
import type { Store } from '../../src/store/open.ts'
import { openDatabase } from '../../src/tools/open-database.ts'
import { BadSample, readSaved } from '../../src/tools/replay/read-saved.ts'
import { replay } from '../../src/tools/replay/replay.ts'
import { replayedText } from '../../src/tools/replay/replayed-text.ts'
import { tempDir } from '../ground/ground.ts'
import { account, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { runTool } from './programs.ts'

let world: World
let store: Store
let settings: Settings
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  settings = readSettings({
    DATABASE_URL: world.pool.options.connectionString,
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  })
  store = await openDatabase(settings)
})
afterAll(async () => {
  await store.stop()
  await world.stop()
})

const item = (change: object = {}) => ({
  msgid: 'm_saved_1',
  open_kfid: account,
  external_userid: 'wm_bakery',
  send_time: 1_795_399_200,
  origin: 3,
  msgtype: 'text',
  text: { content: '想了解经营贷款' },
  ...change,
})
const counts = async (): Promise<unknown> => {
  const tables = [
    'inbox',
    'outbox',
    'customers',
    'conversations',
    'messages',
    'touchpoints',
    'timers',
    'decisions',
    'rulesets',
  ]
  const { rows } = await world.pool.query(
    `select ${tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
  )
  return rows[0]
}

describe('replay', () => {
  test('a saved message runs through its handler on the real facts, and leaves no trace', async () => {
    const before = await counts()
    const [replayed] = await replay(readSaved(JSON.stringify(item())), { store, settings })
    expect(replayed?.effects).toMatchObject([
      { effect: 'settle', decision: { rule: 'sme-loan', rm: 'li.wei', outcome: 'assigned' } },
    ])
    expect(replayed?.changes.errands).toMatchObject([
      { kind: 'kf/trans', payload: { rm: 'li.wei', state: 3 } },
      { kind: 'kf/profile' },
    ])
    expect(await counts()).toEqual(before)
    await world.settle()
    expect(world.wecom.sent('message/send')).toEqual([])
  })

  test('also for a customer never seen before, who is not entered', async () => {
    const before = await counts()
    const [replayed] = await replay(readSaved(JSON.stringify(item({ external_userid: 'wm_never_seen' }))), {
      store,
      settings,
    })
    expect(replayed?.effects).toMatchObject([{ effect: 'settle', decision: { rule: 'fallback' } }])
    expect(await counts()).toEqual(before)
  })

  test('a page of sync_msg is replayed item by item; an unknown type is only booked', async () => {
    const page = {
      errcode: 0,
      next_cursor: 'c',
      has_more: 0,
      msg_list: [item(), item({ msgid: 'm_saved_2', msgtype: 'hologram', hologram: {} })],
    }
    const replayed = await replay(readSaved(JSON.stringify(page)), { store, settings })
    expect(replayed.map(({ arrival, effects }) => [arrival.msgid, effects === null])).toEqual([
      ['m_saved_1', false],
      ['m_saved_2', true],
    ])
    expect(replayed[1]?.changes.touchpoints).toMatchObject([{ kind: 'message.received' }])
  })

  test('a callback from an RM', async () => {
    const xml = `<xml><ToUserName>ww1</ToUserName><FromUserName>Li.Wei</FromUserName><CreateTime>1795399200</CreateTime><MsgType>event</MsgType>
      <Event>template_card_event</Event><EventKey>accept</EventKey><TaskId>offer@${account}@wm_bakery@x</TaskId><CardType>button_interaction</CardType>
      <ResponseCode>code</ResponseCode><AgentID>1000002</AgentID></xml>`
    const [replayed] = await replay(readSaved(xml), { store, settings })
    expect(replayed?.arrival).toMatchObject({ kind: 'app/template_card_event', externalUserId: 'wm_bakery' })
    expect(replayed?.effects).not.toBeNull()
  })

  test('the text shows effects, what would be written and sent', async () => {
    const [replayed] = await replay(readSaved(JSON.stringify(item())), { store, settings })
    const text = replayedText(replayed as NonNullable<typeof replayed>)
    expect(text).toMatch(/^kf\/text {2}m_saved_1 {2}2026-11-23T02:00:00\.000Z\nhandlers\/kf\/text\.ts 给出 1 个效果/)
    expect(text).toContain('外发：kf/trans，之后 kf/send_msg_on_event，之后 message/card')
    expect(text).toContain('触点：message.received，conversation.routed')
    expect(text).toContain('以上没有保存，也没有发送。')
  })

  test.each([
    [
      'a doorbell',
      '<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event><OpenKfId>wk1</OpenKfId><Token>t</Token></xml>',
      '只是门铃',
    ],
    ['neither JSON nor XML', 'hello', '不是 JSON'],
    ['JSON of something else', '{"errcode":0}', 'msgtype'],
  ])('%s is refused with a sentence', (_, text, words) => {
    expect(() => readSaved(text)).toThrow(BadSample)
    expect(() => readSaved(text)).toThrow(words)
  })
})

test('npm run replay works from nothing, on the example bank', { timeout: 120_000 }, async () => {
  const ended = await runTool('replay', ['docs/examples/kf-text.json'], { DATA_DIR: `${tempDir()}/none` })
  expect(ended).toMatchObject({ code: 0, err: expect.stringContaining('示例银行') })
  expect(ended.out).toContain('"rule":"sme-loan"')
  expect(ended.out).toContain('以上没有保存，也没有发送。')
})

test('the example that the documents name is a real item', () => {
  expect(readSaved(readFileSync(new URL('../../docs/examples/kf-text.json', import.meta.url), 'utf8'))).toMatchObject([
    { kind: 'kf/text', subject: 'wm_bakery' },
  ])
})
