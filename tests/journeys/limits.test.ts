import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reconcileLoads } from '../../src/clock/tick.ts'
import { createWorld, type World } from '../world.ts'

/** Limits beside the number of conversations: per kind of work, and how much one RM gets within a while. */
const minute = 60_000
const pools = { general: { name: '综合客服', members: {}, strategy: 'least-loaded' } }
const steps = [{ to: 'pool:general', stay: '30m' }]

const inHand = async (world: World, userid: string) =>
  (await world.api('GET', `/rms/${userid}`)).body as unknown as { load: number; inHand: object; profile: object }
const ofDecision = async (world: World, name: string) => {
  const { id } = await world.conversation(name)
  const { body } = await world.api('GET', `/conversations/${id}`)
  const { decisions } = body as unknown as { decisions: { id: string }[] }
  return (await world.api('GET', `/decisions/${decisions.at(-1)?.id}`)).body as unknown as {
    work: string | null
    units: number
    candidates: { rm: string; excludedBy: string | null }[]
    steps: { result: string }[]
  }
}

describe('an RM who may have one complaint at a time', () => {
  let world: World
  beforeAll(async () => {
    const rule = { key: 'complaint', name: '投诉', when: { fact: 'message.text', contains: ['投诉'] } }
    world = await createWorld({
      rules: {
        pools,
        rules: [{ ...rule, units: 2, work: 'complaint', priority: 60, steps, otherwise: 'queue' }],
        fallback: { steps, otherwise: 'queue' },
        firstReply: { remind: '5h', reassign: '9h' },
      },
    })
    await world.pool.query("update rms set on_duty = userid = 'li.wei'")
    const { body } = await world.api('GET', '/rms/li.wei')
    const { name, branch } = body as unknown as { name: string; branch: string }
    const changed = { name, branch, capacity: 6, onDuty: true, profile: { complaint: 1 } }
    expect((await world.api('PUT', '/rms/li.wei', changed)).body).toMatchObject({
      profile: { complaint: 1 },
      inHand: {},
    })
  })
  afterAll(() => world.stop())

  test('gets the first, and it is counted as what it is', async () => {
    world.customer('wm_first').writes('我要投诉')
    await world.settle()
    expect(await inHand(world, 'li.wei')).toMatchObject({ load: 2, inHand: { complaint: 1 } })
    expect(await ofDecision(world, 'wm_first')).toMatchObject({ work: 'complaint', units: 2 })
  })

  test('not the second, although four of his six places are free; the explanation says which limit it is', async () => {
    world.customer('wm_second').writes('我也要投诉')
    await world.settle()
    expect(await world.conversation('wm_second')).toMatchObject({ status: 'queued', waiting_reason: 'all-full' })
    const { candidates, steps: told } = await ofDecision(world, 'wm_second')
    expect(candidates).toContainEqual(expect.objectContaining({ rm: 'li.wei', excludedBy: 'full:complaint' }))
    expect(told.at(-1)?.result).toContain('“complaint”已达个人上限')
  })

  test('other work meanwhile as before', async () => {
    world.customer('wm_plain').writes('你好')
    await world.settle()
    expect(await world.conversation('wm_plain')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
    expect(await inHand(world, 'li.wei')).toMatchObject({ load: 3, inHand: { complaint: 1 } })
  })

  test('the second as soon as the first is over', async () => {
    world.rm('li.wei').ends(world.account, 'wm_first')
    await world.settle()
    expect(await world.conversation('wm_second')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
    expect(await inHand(world, 'li.wei')).toMatchObject({ load: 3, inHand: { complaint: 1 } })
  })

  test('two complaints at the very same moment are still one too many', async () => {
    await world.pool.query("update rms set profile = '{\"complaint\": 2}' where userid = 'li.wei'")
    for (const name of ['wm_a', 'wm_b', 'wm_c']) world.customer(name).writes('投诉')
    await world.settle()
    const { rows } = await world.pool.query<{ status: string; n: number }>(
      "select status, count(*)::int as n from conversations where work = 'complaint' and status <> 'closed' group by 1 order by 1",
    )
    expect(rows).toEqual([
      { status: 'assigned', n: 2 },
      { status: 'queued', n: 2 },
    ])
  })

  test('what drifted is counted anew, and said', async () => {
    await world.pool.query(`update rms set in_hand = '{"complaint": 9, "loan": 1}', load = 1 where userid = 'li.wei'`)
    expect(await reconcileLoads(world.pool)).toEqual([
      {
        userid: 'li.wei',
        kept: 1,
        counted: 5,
        inHandKept: { complaint: 9, loan: 1 },
        inHandCounted: { complaint: 2 },
      },
    ])
    expect(await reconcileLoads(world.pool)).toEqual([])
  })
})

describe('a fair share', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({
      rules: {
        pools: { vip: { name: '财富顾问', members: {}, strategy: 'best-skill' } },
        fallback: { steps: [{ to: 'pool:vip' }], otherwise: 'queue' },
        fairness: { window: '1h', max: 2 },
        firstReply: { remind: '5h', reassign: '9h' },
      },
    })
    // By skill, and then by load alone, all would be Li Wei's: he has places without end.
    await world.pool.query("update rms set capacity = case userid when 'li.wei' then 1000 else 10 end")
  })
  afterAll(() => world.stop())
  const write = async (name: string): Promise<unknown> => {
    world.customer(name).writes('你好')
    await world.settle()
    return (await world.conversation(name))['rm']
  }

  test('whoever got his two within the hour comes after the others, and first again when the hour is over', async () => {
    const got: Record<string, number> = {}
    for (let n = 0; n < 6; n += 1) {
      const rm = String(await write(`wm_fair_${n}`))
      got[rm] = (got[rm] ?? 0) + 1
      await world.advance(minute)
    }
    expect(got).toEqual({ 'li.wei': 2, 'wang.fang': 2, 'zhao.lei': 2 })
    await world.advance(60 * minute)
    expect(await write('wm_after')).toBe('li.wei')
  })

  test('with all of them over their share it is no limit: the customer is served', async () => {
    for (let n = 0; n < 8; n += 1) expect(await write(`wm_more_${n}`)).not.toBeNull()
  })

  test('a trial decides as the live decision did', async () => {
    await world.advance(60 * minute)
    for (const name of ['wm_t1', 'wm_t2']) expect(await write(name)).toBe('li.wei')
    const { body } = await world.api('POST', '/routing/try', { facts: {}, openKfId: world.account, seed: 'x' })
    expect(body).toMatchObject({ outcome: 'assigned' })
    expect((body as unknown as { rm: string }).rm).not.toBe('li.wei')
  })
})
