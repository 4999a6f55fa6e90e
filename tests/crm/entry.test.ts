import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signEntry } from '../../src/crm/entry-link.ts'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const rules = {
  ...smallRules,
  rules: [
    {
      key: 'vip',
      name: '活动',
      when: {
        all: [
          { fact: 'entry.campaign', is: 'spring' },
          { fact: 'channel.kind', is: 'app' },
        ],
      },
      steps: [{ to: 'rm:zhao.lei' }],
      otherwise: 'leave-message',
    },
    {
      key: 'firm',
      name: '企业客户',
      when: {
        all: [
          { fact: 'entry.firm', exists: true },
          { fact: 'channel.key', is: 'app_loan' },
        ],
      },
      steps: [{ to: 'firm-lead' }],
      otherwise: 'leave-message',
    },
    ...smallRules.rules,
  ],
}

let world: World
beforeAll(async () => {
  world = await createWorld({ rules, people: smallBank() })
  await world.pool.query('update rms set capacity = 50')
  for (const [key, kind] of [
    ['app_home', 'app'],
    ['app_loan', 'app'],
    ['poster', 'branch'],
  ])
    await world.api('PUT', `/channels/${key}`, { name: key, kind, openKfId: world.account })
  await world.api('PUT', '/firms/F1', { name: '麦香面包房', leadRm: 'wang.fang' })
})
afterAll(() => world.stop())

const linkTo = async (channel: string, says: object = {}): Promise<string> =>
  (await world.api('POST', `/channels/${channel}/links`, says)).body['url'] as unknown as string
const opens = async (who: string, url: string): Promise<void> => {
  world.customer(who).opens({ url })
  await world.settle()
}
const person = async (externalUserId: string) => {
  const { rows } = await world.pool.query('select * from customers where external_userid = $1', [externalUserId])
  return rows[0] as Record<string, unknown>
}
type Touch = { kind: string; channel: string | null; data: Record<string, unknown>; externalUserId: string | null }
const journey = async (query: string): Promise<Touch[]> =>
  ((await world.api('GET', `/touchpoints?${query}`)).body as unknown as { items: Touch[] }).items.toReversed()
const entries = async (who: string) =>
  (await journey(`externalUserId=${who}&kind=entry.opened`)).map(({ channel, data }) => ({ channel, data }))
const merges = async (who: string) =>
  ((await world.api('GET', `/customers/${who}/merges`)).body as unknown as { items: Record<string, unknown>[] }).items

describe('from the app to the chat', () => {
  test('an app touch, the link, the chat: one journey under one client number', async () => {
    await world.api('POST', '/touchpoints', {
      key: 'k1',
      kind: 'app.button_tapped',
      at: '2026-11-23T09:59:00+08:00',
      clientNo: 'C100',
      channel: 'app_home',
    })
    const url = await linkTo('app_home', { clientNo: 'C100', campaign: 'spring' })
    await opens('wm_app', url)
    world.customer('wm_app').writes('你好')
    await world.settle()

    const told = await journey('clientNo=C100')
    // WeCom dates by the second, so the welcome may stand on either side of the message.
    const kinds = told.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind !== 'message.sent')).toEqual([
      'app.button_tapped',
      'entry.opened',
      'identity.joined',
      'message.received',
      'conversation.routed',
    ])
    expect(kinds.filter((kind) => kind === 'message.sent')).toHaveLength(2)
    expect(told.map(({ channel }) => channel)).toEqual(Array(7).fill('app_home'))
    expect(told[1]?.data).toEqual({ scene: 'app_home', campaign: 'spring', param: 'valid' })
    expect(JSON.stringify(told)).not.toContain('C100')
    expect(await person('wm_app')).toMatchObject({ client_no: 'C100', known: true, channel: 'app_home' })
    expect(await world.conversation('wm_app')).toMatchObject({ channel: 'app_home', rule: 'vip', rm: 'zhao.lei' })
    expect(await merges('wm_app')).toMatchObject([
      {
        outcome: 'merged',
        kind: 'client_no',
        value: 'C100',
        via: 'entry',
        explanation: expect.stringContaining('合并为一人'),
      },
    ])
  })

  test('a firm in the link brings its lead; the rules know channel, kind, campaign and firm', async () => {
    await opens('wm_firm', await linkTo('app_loan', { firm: 'F1', campaign: 'loan-11' }))
    world.customer('wm_firm').writes('想问一下')
    await world.settle()
    expect(await world.conversation('wm_firm')).toMatchObject({ rule: 'firm', rm: 'wang.fang' })
    const { rows } = await world.pool.query(
      "select d.explanation -> 'facts' as facts from decisions d join conversations c on c.id = d.conversation_id where c.external_userid = 'wm_firm'",
    )
    expect(rows[0].facts).toMatchObject({
      'channel.key': 'app_loan',
      'channel.kind': 'app',
      'entry.campaign': 'loan-11',
      'entry.firm': 'F1',
    })
    const { rows: chats } = await world.pool.query("select entry from kf_chats where external_userid = 'wm_firm'")
    expect(chats[0].entry).toEqual({
      scene: 'app_loan',
      channel: 'app_loan',
      channelKind: 'app',
      campaign: 'loan-11',
      firm: 'F1',
    })
    expect(await person('wm_firm')).toMatchObject({ client_no: null, known: false })
  })

  test('a poster without a parameter gives its channel; a campaign tool’s own parameter is kept and names nobody', async () => {
    const { url } = (await world.api('GET', '/channels/poster')).body as unknown as { url: string }
    await opens('wm_poster', url)
    await opens('wm_poster', `${url}&scene_param=utm.spring`)
    expect(await entries('wm_poster')).toEqual([
      { channel: 'poster', data: { scene: 'poster' } },
      { channel: 'poster', data: { scene: 'poster', param: 'foreign', sceneParam: 'utm.spring' } },
    ])
  })

  test('a scene that is no channel of ours is still where he came from', async () => {
    await opens('wm_old', world.wecom.accounts.link(world.account, 'console_made'))
    expect(await entries('wm_old')).toEqual([{ channel: 'console_made', data: { scene: 'console_made' } }])
  })
})

describe('a parameter that cannot be believed', () => {
  const openBy = async (who: string, sceneParam: string, scene = 'app_home') => {
    world.customer(who).opens({ openKfId: world.account, scene, sceneParam })
    await world.settle()
  }

  test('forged, of another channel, of another key: recorded as such, nobody is found by it', async () => {
    const own = Buffer.alloc(32, 7).toString('base64')
    const good = signEntry(own, { channel: 'app_home', clientNo: 'C200', firm: 'F1', campaign: 'x' })
    await openBy('wm_forger', `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`)
    await openBy('wm_forger', good, 'poster')
    await openBy(
      'wm_forger',
      signEntry(Buffer.alloc(32, 9).toString('base64'), { channel: 'app_home', clientNo: 'C200' }),
    )
    expect((await entries('wm_forger')).map(({ data }) => data)).toEqual([
      { scene: 'app_home', param: 'forged' },
      { scene: 'poster', param: 'forged' },
      { scene: 'app_home', param: 'forged' },
    ])
    expect(await person('wm_forger')).toMatchObject({ client_no: null, known: false })
    expect((await world.pool.query("select from customers where client_no = 'C200'")).rows).toEqual([])
    expect(await merges('wm_forger')).toEqual([])
  })

  test('expired: the campaign still counts, the client does not', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const url = await linkTo('app_home', { clientNo: 'C201', campaign: 'late', firm: 'F1', expiresAt })
    await world.advance(61_000)
    await opens('wm_late', url)
    expect(await entries('wm_late')).toEqual([
      { channel: 'app_home', data: { scene: 'app_home', campaign: 'late', param: 'expired' } },
    ])
    expect(await person('wm_late')).toMatchObject({ client_no: null, known: false })
  })
})

describe('who he is', () => {
  test('a client number that nobody had is set, opening again changes nothing', async () => {
    const url = await linkTo('app_home', { clientNo: 'C300' })
    await opens('wm_new', url)
    await opens('wm_new', url)
    expect(await person('wm_new')).toMatchObject({ client_no: 'C300', known: true })
    expect(await merges('wm_new')).toMatchObject([{ outcome: 'set', times: 1 }])
    expect(await entries('wm_new')).toHaveLength(2)
  })

  test('a forwarded link takes nobody over: the conflict is shown on both sides', async () => {
    await world.api('PUT', '/customers/wm_chen', { kind: 'person', clientNo: 'C301', owner: 'zhao.lei' })
    const url = await linkTo('app_home', { clientNo: 'C301' })
    await opens('wm_friend', url)
    await opens('wm_friend', url)
    expect(await person('wm_friend')).toMatchObject({ client_no: null, known: false, owner: null })
    expect(await person('wm_chen')).toMatchObject({ client_no: 'C301' })
    const conflict = {
      outcome: 'conflict',
      reason: 'taken',
      externalUserId: 'wm_friend',
      otherExternalUserId: 'wm_chen',
      times: 2,
    }
    expect(await merges('wm_friend')).toMatchObject([conflict])
    expect(await merges('wm_chen')).toMatchObject([conflict])
    const all = (await world.api('GET', '/merges?outcome=conflict')).body as unknown as { items: unknown[] }
    expect(all.items).toMatchObject([conflict])
    expect((await world.touchpoints('wm_friend')).filter((kind) => kind === 'identity.conflict')).toHaveLength(1)
    expect((await journey('clientNo=C301')).map(({ externalUserId }) => externalUserId)).not.toContain('wm_friend')
  })

  test('two who open the same fresh link at the same moment: one has it, the other is a conflict', async () => {
    const url = await linkTo('app_home', { clientNo: 'C302' })
    world.customer('wm_race_a').opens({ url })
    world.customer('wm_race_b').opens({ url })
    await world.settle()
    const outcomes = [...(await merges('wm_race_a')), ...(await merges('wm_race_b'))].map(({ outcome }) => outcome)
    // The conflict is shown to both.
    expect(outcomes.toSorted()).toEqual(['conflict', 'conflict', 'set'])
    expect((await world.pool.query("select from customers where client_no = 'C302'")).rows).toHaveLength(1)
  })

  test('the profile is read at the first contact, once, and not again', async () => {
    world.wecom.customer('wm_profile', { nickname: '小林', unionid: 'u_lin' })
    world.customer('wm_profile').writes('你好')
    await world.settle()
    world.customer('wm_profile').writes('在吗')
    world.customer('wm_profile').opens()
    await world.settle()
    expect(await person('wm_profile')).toMatchObject({ name: '小林', unionid: 'u_lin', known: false })
    const asked = world.wecom
      .calls('kf/customer/batchget')
      .filter(({ body }) => JSON.stringify(body).includes('wm_profile'))
    expect(asked).toHaveLength(1)
    expect(await merges('wm_profile')).toEqual([])
  })

  test('a client whom the bank knows by his unionid is found by his profile', async () => {
    await world.api('POST', '/touchpoints', {
      key: 'k2',
      kind: 'app.viewed',
      at: '2026-11-23T09:00:00+08:00',
      unionid: 'u_wu',
    })
    await world.pool.query(
      "update customers set client_no = 'C303', tier = 'gold', owner = 'li.wei', known = true where unionid = 'u_wu'",
    )
    world.wecom.customer('wm_wu', { nickname: '小吴', unionid: 'u_wu' })
    world.customer('wm_wu').opens()
    await world.settle()
    expect(await person('wm_wu')).toMatchObject({
      client_no: 'C303',
      unionid: 'u_wu',
      tier: 'gold',
      owner: 'li.wei',
      known: true,
    })
    // The welcome and the profile are on their way at the same time.
    const kinds = (await journey('clientNo=C303')).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['app.viewed', 'entry.opened'])
    expect(kinds.slice(2).toSorted()).toEqual(['identity.joined', 'message.sent'])
    expect(await merges('wm_wu')).toMatchObject([{ outcome: 'merged', kind: 'unionid', value: 'u_wu', via: 'profile' }])
  })

  test('a profile that WeCom does not tell is asked for again at the next contact', async () => {
    const fault = world.wecom.faults.add({ path: 'kf/customer/batchget', does: 'errcode', errcode: 40058 })
    world.customer('wm_shy').writes('你好')
    await world.settle()
    expect(await person('wm_shy')).toMatchObject({ name: null, profile_asked_at: null })
    world.wecom.faults.remove(fault)
    world.customer('wm_shy').writes('在吗')
    await world.settle()
    expect(await person('wm_shy')).toMatchObject({ name: 'wm_shy', profile_asked_at: expect.any(Date) })
  })
})
