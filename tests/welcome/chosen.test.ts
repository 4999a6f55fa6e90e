import { afterAll, beforeAll, expect, test } from 'vitest'
import { welcomeChooser } from '../../src/dispatch/welcome/welcome-choice.ts'
import { parseWelcomeYaml } from '../../src/dispatch/welcome/welcome-file.ts'
import { createBank, type Bank } from '../core/bank.ts'
import { partsOf } from '../core/parts.ts'
import { account, smallRules } from '../small-bank.ts'

/** Which welcome a new friend hears: by where he comes from, who he is, when it is, and whose friend he has become. */
const yaml = `
unnamed: 尊敬的客户
rules:
  - { key: poster, name: 网点海报, when: { fact: channel.key, is: branch_poster }, text: "{customer}您好，感谢光临网点。——{manager}" }
  - { key: gold, name: 金卡, when: { fact: customer.tier, is: gold }, text: "{customer}您好，您的金卡权益已备好。——{manager}" }
  - { key: own, name: 本人的话, when: { fact: rm.userid, is: wang.fang }, text: "{customer}您好，我是专做企业贷款的{manager}。" }
  - { key: night, name: 夜间, when: { fact: time.open, is: false }, text: "{customer}您好，我们早上九点开门。——{manager}" }
fallback: { text: "{customer}您好，我是{manager}。" }
`
let bank: Bank
let parts: Awaited<ReturnType<typeof partsOf>>
beforeAll(async () => {
  bank = await createBank({
    rules: {
      ...smallRules,
      calendars: { branch: { hours: { 'mon-fri': ['09:00-18:00'] } } },
    },
  })
  const read = parseWelcomeYaml(yaml, 'config/welcome.yaml')
  if ('errors' in read) throw new Error(JSON.stringify(read.errors))
  parts = await partsOf(bank, { dispatch: { chooseWelcome: welcomeChooser(read.welcome) } })
  // Hears WeCom and handles nothing.
  await bank.start({ ROLE: 'web' })
  await bank.rows(
    "insert into channels (key, name, kind, open_kfid) values ('branch_poster', '网点海报', 'branch', $1)",
    [account],
  )
})
afterAll(() => bank.stop())

const hears = async (name: string, meets: () => void, manager = 'li.wei'): Promise<string> => {
  meets()
  await bank.wecom.idle()
  await parts.runAll()
  const line = bank.wecom
    .customer(name)
    .seesOf(manager)
    .find(({ from }) => from === 'servicer')
  return String(line?.payload['content'])
}
const adds = (name: string, manager = 'li.wei') => hears(name, () => bank.wecom.customer(name).adds(manager), manager)

test('nothing fits: the fallback, in his manager’s name', async () => {
  expect(await adds('wm_anybody')).toBe('尊敬的客户您好，我是李伟。')
})

test('by the channel that its code belongs to, before everything else', async () => {
  const { qrCode } = bank.wecom.contacts.makeWay({ users: ['li.wei'], state: 'branch_poster' })
  expect(await hears('wm_poster', () => void bank.wecom.customer('wm_poster').scans(qrCode))).toBe(
    '尊敬的客户您好，感谢光临网点。——李伟',
  )
})

test('by who he is', async () => {
  expect(await adds('wm_chen')).toBe('陈静怡您好，您的金卡权益已备好。——李伟')
})

test('by whose friend he has become', async () => {
  expect(await adds('wm_hers', 'wang.fang')).toBe('尊敬的客户您好，我是专做企业贷款的王芳。')
})

test('by the time', async () => {
  bank.clock.advance(11 * 3_600_000)
  expect(await adds('wm_late')).toBe('尊敬的客户您好，我们早上九点开门。——李伟')
  expect(await bank.rows('select external_userid as who, rule from welcomes order by id')).toEqual([
    { who: 'wm_anybody', rule: 'fallback' },
    { who: 'wm_poster', rule: 'poster' },
    { who: 'wm_chen', rule: 'gold' },
    { who: 'wm_hers', rule: 'own' },
    { who: 'wm_late', rule: 'night' },
  ])
})
