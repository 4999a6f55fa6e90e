import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastWords, reply } from '../../src/dispatch/effects.ts'
import type { Handlers } from '../../src/dispatch/handlers.ts'
import { on, type Handler } from '../../src/dispatch/turn/turn.ts'
import { account } from '../small-bank.ts'
import { createBank, type Bank } from '../core/bank.ts'
import { partsOf } from '../core/parts.ts'

/** A talkative bot: WeCom takes five messages after each one of the customer, for 48 hours. */
const talkative = on('kf/text', () => [
  ...Array.from({ length: 6 }, (_, n) => reply({ text: `第${n + 1}句` })),
  lastWords({ text: '稍后由客户经理联系您' }),
])
const reminder = on('kf/user_recall_msg', () => [
  reply({ text: '您撤回了一条消息' }),
  lastWords({ text: '需要帮助请留言' }),
])
const handlers: Handlers = new Map(
  [talkative, reminder].map((handler) => [handler.kind, handler as unknown as Handler]),
)

let bank: Bank
let parts: Awaited<ReturnType<typeof partsOf>>
beforeAll(async () => {
  bank = await createBank()
  parts = await partsOf(bank, { handlers })
})
afterAll(() => bank.stop())

const writes = async (name: string, text: string): Promise<void> => {
  await parts.takeIn(bank.wecom.customer(name).writes(account, text))
  await parts.runAll()
}
const recalls = async (name: string): Promise<void> => {
  const own = bank.wecom
    .customer(name)
    .sees(account)
    .find(({ from }) => from === 'customer')
  await parts.takeIn(bank.wecom.customer(name).recalls(own?.msgid ?? ''))
  await parts.runAll()
}
const heard = (name: string): string[] =>
  bank.wecom
    .customer(name)
    .sees(account)
    .filter(({ from }) => from === 'account')
    .map(({ payload }) => String(payload['content']))
const refused = () => bank.wecom.calls('kf/send_msg').filter(({ errcode }) => errcode !== 0)
const unsent = async (name: string): Promise<number> =>
  (
    await bank.rows(
      "select 1 from touchpoints where external_userid = $1 and kind = 'message.failed' and data ->> 'reason' = 'no-reply-left'",
      [name],
    )
  ).length

test('six answers in a row: five reach him, in order, the last place is for the words that matter, WeCom refuses none', async () => {
  await writes('wm_six', '你好')
  expect(heard('wm_six')).toEqual(['第1句', '第2句', '第3句', '第4句', '稍后由客户经理联系您'])
  expect(refused()).toEqual([])
  expect(await unsent('wm_six')).toBe(2)
})

test('without a word of his nothing more is said; when he writes, five more are free', async () => {
  await recalls('wm_six')
  expect(heard('wm_six')).toHaveLength(5)
  await writes('wm_six', '还有吗')
  expect(heard('wm_six')).toHaveLength(10)
  expect(refused()).toEqual([])
})

test('after 48 hours and a second the window is closed: nobody asks WeCom', async () => {
  const [own] = bank.wecom.customer('wm_late').sees(account)
  expect(own).toBeUndefined()
  await parts.takeIn(bank.wecom.customer('wm_late').writes(account, '你好'))
  const quiet = await partsOf(bank, { handlers: new Map([['kf/text', on('kf/text', () => []) as unknown as Handler]]) })
  await quiet.runAll()
  bank.clock.advance(48 * 3_600_000 + 1_000)
  bank.wecom.forgetCalls()
  await recalls('wm_late')
  expect([heard('wm_late'), bank.wecom.calls('kf/send_msg')]).toEqual([[], []])
  expect(await unsent('wm_late')).toBe(2)
})

test('a message that is found only after 48 hours is recorded and answered by nobody', async () => {
  const item = bank.wecom.customer('wm_found_late').writes(account, '三天前写的')
  bank.clock.advance(49 * 3_600_000)
  await parts.takeIn(item)
  await parts.runAll()
  expect(heard('wm_found_late')).toEqual([])
  expect(bank.wecom.calls('kf/send_msg')).toEqual([])
  // Nor is WeCom asked who he is: it tells that for 48 hours only.
  const profiles = bank.wecom.calls('kf/customer/batchget').flatMap(({ body }) => body['external_userid_list'])
  expect(profiles).not.toContain('wm_found_late')
  expect(await bank.rows("select text from messages where external_userid = 'wm_found_late'")).toEqual([
    { text: '三天前写的' },
  ])
})

test('WeCom accepts the words and cannot deliver them: the timeline shows them as failed, and why', async () => {
  bank.wecom.customer('wm_blocks').blocks()
  await writes('wm_blocks', '拉黑之前')
  const failures = bank.wecom
    .log(account)
    .filter((item) => (item['event'] as { event_type?: string } | undefined)?.event_type === 'msg_send_fail')
  expect(failures).toHaveLength(5)
  const own = await partsOf(bank)
  await own.takeIn(...failures)
  await own.runAll()
  const rows = await bank.rows<{ status: string }>(
    "select status from messages where external_userid = 'wm_blocks' and sender = 'bot'",
  )
  expect(rows.map(({ status }) => status)).toEqual(Array(5).fill('failed'))
  const [line] = await bank.rows(
    "select data from touchpoints where external_userid = 'wm_blocks' and kind = 'message.failed' and data ? 'failType' limit 1",
  )
  expect(line).toMatchObject({ data: { failType: 10 } })
})
