import { afterEach, describe, expect, test } from 'vitest'
import { askToLookAgain } from '../../src/dispatch/waiting.ts'
import { createWorld, type World } from '../world.ts'

/** Opening hours as customers and RMs live them: nights, holidays and make-up Saturdays. */
const minute = 60_000
const hour = 60 * minute
const rules = {
  calendars: { branch: { hours: { 'mon-fri': ['09:00-12:00', '13:30-17:30'] }, holidays: 'cn' } },
  opening: 'branch',
  pools: { desk: { name: '综合客服', members: {}, strategy: 'least-loaded', calendar: 'branch' } },
  rules: [
    {
      key: 'hurry',
      name: '加急',
      when: { fact: 'message.text', contains: ['加急'] },
      steps: [{ to: 'pool:desk' }],
      otherwise: 'leave-message',
      firstReply: { remind: '20s', reassign: '50s' },
    },
  ],
  fallback: { steps: [{ to: 'pool:desk' }], otherwise: 'leave-message' },
  firstReply: { remind: '1bm', reassign: '3bm' },
}
let world: World
const worldAt = async (moment: string): Promise<void> => {
  world = await createWorld({ rules, startAt: Date.parse(`${moment}+08:00`) })
}
afterEach(() => world.stop())

const goTo = (moment: string): Promise<void> => world.advance(Date.parse(`${moment}+08:00`) - world.clock.now())
const told = (name: string) => world.customer(name).sees().at(-1) ?? ''
const tasks = async () =>
  (await world.pool.query('select kind, state, title, due_at, rm, external_userid from tasks order by id')).rows

describe('out of hours', () => {
  test('National Day: he hears when we open, his words are kept, a task is due then, and then an RM has him', async () => {
    await worldAt('2026-10-01T10:00:00')
    world.customer('wm_bakery').writes('想问问贷款')
    await world.settle()
    expect(told('wm_bakery')).toContain('10月8日星期四09:00')
    expect(await world.conversation('wm_bakery')).toMatchObject({
      status: 'bot',
      left_message: true,
      waiting_reason: 'outside-hours',
    })
    const opening = new Date('2026-10-08T09:00:00+08:00')
    expect(await tasks()).toMatchObject([
      { kind: 'left-message', state: 'open', due_at: opening, external_userid: 'wm_bakery' },
    ])

    world.customer('wm_bakery').writes('五十万')
    await world.settle()
    expect(
      world
        .customer('wm_bakery')
        .sees()
        .filter((line) => line.includes('已收到')),
    ).toHaveLength(1)

    // WeCom ends a session 48 hours after his last word; he writes once more before we open.
    await goTo('2026-10-07T20:00:00')
    world.customer('wm_bakery').writes('明天上班了吗')
    await world.settle()
    await goTo('2026-10-08T08:59:00')
    expect(await world.conversation('wm_bakery')).toMatchObject({ status: 'bot' })
    await goTo('2026-10-08T09:00:01')
    const { status, rm } = await world.conversation('wm_bakery')
    expect(status).toBe('assigned')
    expect(world.wecom.state(world.account, 'wm_bakery')).toEqual({ state: 3, servicer: rm })
    // Beside it his day's list and the task's card ring, in whatever order.
    expect(world.rings(String(rm))).toContainEqual(expect.stringContaining('明天上班了吗'))
  })

  test('a Saturday is closed, a make-up Saturday is a working day', async () => {
    await worldAt('2026-10-10T10:00:00')
    world.customer('wm_makeup').writes('你好')
    await world.settle()
    expect(await world.conversation('wm_makeup')).toMatchObject({ status: 'assigned' })
    await goTo('2026-10-17T10:00:00')
    world.customer('wm_saturday').writes('你好')
    await world.settle()
    expect(told('wm_saturday')).toContain('10月19日星期一09:00')
  })

  test('at lunch it is today, in the evening it is tomorrow', async () => {
    await worldAt('2026-11-23T12:30:00')
    world.customer('wm_lunch').writes('你好')
    await world.settle()
    expect(told('wm_lunch')).toContain('今天13:30')
    await goTo('2026-11-23T20:00:00')
    world.customer('wm_evening').writes('你好')
    await world.settle()
    expect(told('wm_evening')).toContain('明天09:00')
  })

  test('everybody who waited over night is served at opening, none twice', async () => {
    await worldAt('2026-11-23T22:00:00')
    const names = Array.from({ length: 6 }, (_, n) => `wm_night_${n}`)
    for (const name of names) world.customer(name).writes('你好')
    await world.settle()
    await goTo('2026-11-24T09:00:01')
    const { rows } = await world.pool.query(
      "select external_userid from conversations where status = 'assigned' order by external_userid",
    )
    expect(rows.map((row) => row.external_userid)).toEqual(names)
    expect((await world.pool.query('select max(load / capacity)::float8 as most from rms')).rows).toEqual([{ most: 1 }])
  })
})

describe('the first-reply guarantee in business time', () => {
  test('stops over the week-end and goes on where it was', async () => {
    await worldAt('2026-11-27T17:29:30')
    world.customer('wm_friday').writes('你好')
    await world.settle()
    const rm = String((await world.conversation('wm_friday'))['rm'])
    const rings = () => world.rings(rm).filter((text) => text.includes('【请回复】')).length
    await world.advance(hour)
    await goTo('2026-11-30T08:59:00')
    expect([rings(), (await world.conversation('wm_friday'))['rm']]).toEqual([0, rm])
    await goTo('2026-11-30T09:00:40')
    expect(rings()).toBe(1)
    await goTo('2026-11-30T09:02:40')
    expect((await world.conversation('wm_friday'))['rm']).not.toBe(rm)
  })

  test('a rule may promise more than the others, also to the RM who takes over', async () => {
    await worldAt('2026-11-23T10:00:00')
    world.customer('wm_hurry').writes('加急')
    await world.settle()
    const first = String((await world.conversation('wm_hurry'))['rm'])
    expect(world.rings(first).at(-1)).toContain('50秒内未回复将转给其他同事')
    await world.advance(21_000)
    expect(world.rings(first).at(-1)).toContain('【请回复】')
    await world.advance(30_000)
    const second = String((await world.conversation('wm_hurry'))['rm'])
    expect(second).not.toBe(first)
    await world.advance(51_000)
    expect([first, second]).not.toContain((await world.conversation('wm_hurry'))['rm'])
  })
})

describe('everybody is full when the desk closes', () => {
  const queueing = { steps: [{ to: 'pool:desk', stay: '3h' }], otherwise: 'queue' }
  const patient = { key: 'patient', name: '一直有人', when: { fact: 'message.text', contains: ['值班'] } }
  // The sweep comes every half minute of real time; here it is asked.
  const look = async () => {
    await world.pool.query(askToLookAgain)
    await world.settle()
  }
  const reasonOf = async (name: string) => (await world.conversation(name))['waiting_reason']

  test('whoever waits there waits for the opening from now on, and says so; who waits elsewhere goes on waiting for room', async () => {
    const night = { ...patient, steps: [{ to: 'pool:night', stay: '20h' }], otherwise: 'queue' }
    const pools = { ...rules.pools, night: { name: '值班', members: {}, strategy: 'least-loaded' } }
    world = await createWorld({
      rules: { ...rules, pools, rules: [night], fallback: queueing },
      startAt: Date.parse('2026-11-24T17:00:00+08:00'),
    })
    await world.pool.query("update rms set capacity = 1, on_duty = userid = 'li.wei'")
    for (const [name, words] of [
      ['wm_served', '你好'],
      ['wm_desk', '你好'],
      ['wm_night', '值班'],
    ] as const) {
      world.customer(name).writes(words)
      await world.settle()
    }
    expect(await world.conversation('wm_served')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
    expect([await reasonOf('wm_desk'), await reasonOf('wm_night')]).toEqual(['all-full', 'all-full'])

    await goTo('2026-11-24T17:29:00')
    await look()
    expect(await reasonOf('wm_desk')).toBe('all-full')
    await goTo('2026-11-24T17:31:00')
    await look()
    expect([await reasonOf('wm_desk'), await reasonOf('wm_night')]).toEqual(['outside-hours', 'all-full'])
    const shown = (await world.api('GET', '/conversations?status=queued')).body['items'] as unknown as object[]
    expect(shown).toContainEqual(expect.objectContaining({ externalUserId: 'wm_desk', waitingReason: 'outside-hours' }))
  })
})
