import { describe, expect, it } from 'vitest'
import { hour, second } from '../../src/simulator/model/clock.ts'
import type { State } from '../../src/simulator/model/world.ts'
import { kf, lab } from './lab.ts'

/** kf.md 20.1 as the API sees it: from, to, what `documented` answers, what `lenient` answers. */
const table: [State, State, number, number][] = [
  [0, 0, 95016, 95016],
  [0, 1, 0, 0],
  [0, 2, 0, 0],
  [0, 3, 0, 0],
  [0, 4, 95016, 0],
  [1, 0, 95016, 95016],
  [1, 1, 95016, 0],
  [1, 2, 0, 0],
  [1, 3, 0, 0],
  [1, 4, 95016, 0],
  [2, 0, 95016, 95016],
  [2, 1, 95016, 95016],
  [2, 2, 95016, 95016],
  [2, 3, 0, 0],
  [2, 4, 95016, 0],
  [3, 0, 95016, 95016],
  [3, 1, 95016, 95016],
  [3, 2, 95016, 95016],
  [3, 3, 0, 0],
  [3, 4, 0, 0],
  [4, 0, 95013, 95013],
  [4, 1, 95013, 95013],
  [4, 2, 95013, 95013],
  [4, 3, 95013, 95013],
  [4, 4, 95013, 95013],
]

/** Brings the chat into a state by documented steps only. */
const bring = async (at: Awaited<ReturnType<typeof lab>>, to: State): Promise<void> => {
  at.control.customer('wm_chen').writes(kf, '你好')
  if (to === 0) return
  if (to === 4) {
    await at.trans(3, 'rm_li')
    at.control.servicer('rm_li').ends(kf, 'wm_chen')
  } else await at.trans(to, to === 3 ? 'rm_li' : undefined)
  expect(at.control.state(kf, 'wm_chen').state).toBe(to)
}

describe.each(['documented', 'lenient'] as const)('in mode %s', (mode) => {
  it.each(table)('a session in %i asked to go to %i', async (from, to, documented, lenient) => {
    const at = await lab({ mode })
    await bring(at, from)
    const before = at.control.log(kf).length
    const answer = await at.trans(to, to === 3 ? 'rm_wang' : undefined)
    const expected = mode === 'documented' ? documented : lenient
    expect(answer.errcode).toBe(expected)
    expect(at.control.state(kf, 'wm_chen').state).toBe(expected === 0 ? to : from)
    expect(at.control.log(kf)).toHaveLength(before)
  })
})

describe('codes of a change', () => {
  it('come with the first change into 2, the first into 3, and each into 4', async () => {
    const { control, trans } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    expect((await trans(1))['msg_code']).toBeUndefined()
    expect((await trans(2))['msg_code']).toEqual(expect.any(String))
    expect((await trans(3, 'rm_li'))['msg_code']).toEqual(expect.any(String))
    expect((await trans(3, 'rm_wang'))['msg_code']).toBeUndefined()
    expect((await trans(4))['msg_code']).toEqual(expect.any(String))
  })

  it('come anew with the next session', async () => {
    const { control, trans } = await lab()
    for (const words of ['你好', '又来了']) {
      control.customer('wm_chen').writes(kf, words)
      expect((await trans(3, 'rm_li'))['msg_code']).toEqual(expect.any(String))
      control.servicer('rm_li').ends(kf, 'wm_chen')
    }
  })
})

describe('whom a session can be given', () => {
  it('is refused for one who is no servicer, has not activated WeCom, or has stopped', async () => {
    const { control, trans } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    control.servicer('rm_zhao')
    expect((await trans(3, 'rm_zhao')).errcode).toBe(95014)
    expect((await trans(3, 'nobody')).errcode).toBe(95014)
    control.servicer('rm_li', { activated: false })
    expect((await trans(3, 'rm_li')).errcode).toBe(95014)
    control.servicer('rm_wang').suspends()
    expect((await trans(3, 'rm_wang')).errcode).toBe(95019)
    expect((await trans(3)).errcode).toBe(40058)
    expect(control.state(kf, 'wm_chen').state).toBe(0)
    control.servicer('rm_wang').resumes()
    expect((await trans(3, 'RM_Wang')).errcode).toBe(0)
  })

  it('reaches members of a department that serves', async () => {
    const { control, trans, call } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    control.servicer('rm_sun', { departments: [1] })
    await call('kf/servicer/add', { open_kfid: kf, department_id_list: [1] })
    expect((await trans(3, 'rm_sun')).errcode).toBe(0)
  })
})

describe('what servicers do in their client', () => {
  it('takes from the pool (type 1), hands on (2), takes back (4), ends (3) and opens again by writing (4)', async () => {
    const { control, trans, pull } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    await trans(2)
    control.servicer('rm_li').takes(kf, 'wm_chen')
    control.servicer('rm_li').transfers(kf, 'wm_chen', 'rm_wang')
    control.servicer('rm_li').reopens(kf, 'wm_chen')
    control.servicer('rm_li').ends(kf, 'wm_chen')
    control.servicer('rm_li').replies(kf, 'wm_chen', '补充一句')
    const events = (await pull()).filter((item) => item.msgtype === 'event').map((item) => item['event'])
    const who = { event_type: 'session_status_change', external_userid: 'wm_chen', open_kfid: kf }
    const code = expect.any(String) as string
    expect(events).toEqual([
      { ...who, change_type: 1, new_servicer_userid: 'rm_li', msg_code: code },
      { ...who, change_type: 2, old_servicer_userid: 'rm_li', new_servicer_userid: 'rm_wang' },
      { ...who, change_type: 4, old_servicer_userid: 'rm_wang', new_servicer_userid: 'rm_li' },
      { ...who, change_type: 3, old_servicer_userid: 'rm_li', msg_code: code },
      { ...who, change_type: 4, old_servicer_userid: 'rm_li', new_servicer_userid: 'rm_li' },
    ])
    expect((await pull()).at(-1)).toMatchObject({ origin: 5, servicer_userid: 'rm_li', text: { content: '补充一句' } })
    expect(control.state(kf, 'wm_chen')).toEqual({ state: 3, servicer: 'rm_li' })
  })

  it('is impossible where the client would not offer it', async () => {
    const { control, trans } = await lab()
    const chat = [kf, 'wm_chen'] as const
    control.customer('wm_chen').writes(kf, '你好')
    expect(() => control.servicer('rm_li').takes(...chat)).toThrow(/does not wait in the pool/)
    expect(() => control.servicer('rm_li').replies(...chat, '在')).toThrow(/not with rm_li/)
    await trans(3, 'rm_li')
    expect(() => control.servicer('rm_wang').ends(...chat)).toThrow(/not with rm_wang/)
    expect(() => control.servicer('rm_wang').reopens(...chat)).toThrow(/cannot take this chat back/)
    expect(() => control.servicer('rm_zhao').takes(...chat)).toThrow(/not a servicer/)
  })

  it('says 1 and 2 in the event where the list says 0 and 1', async () => {
    const { control, pull, get } = await lab()
    control.servicer('rm_li').suspends(kf)
    control.servicer('rm_li').resumes(kf)
    control.servicer('rm_wang').stops(kf)
    const events = (await pull()).map((item) => item['event'])
    expect(events).toMatchObject([
      { servicer_userid: 'rm_li', status: 2, stop_type: 1 },
      { servicer_userid: 'rm_li', status: 1 },
      { servicer_userid: 'rm_wang', status: 2, stop_type: 0 },
    ])
    expect((await get('kf/servicer/list', { open_kfid: kf }))['servicer_list']).toEqual([
      { userid: 'rm_li', status: 0 },
      { userid: 'rm_wang', status: 1, stop_type: 0 },
    ])
  })
})

describe('the end of a session by time', () => {
  it('comes 48 h after the customer’s last message, without an event', async () => {
    const { control, trans } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    await trans(3, 'rm_li')
    control.clock.advance(48 * hour)
    expect(control.state(kf, 'wm_chen').state).toBe(3)
    control.clock.advance(second)
    expect(control.state(kf, 'wm_chen')).toEqual({ state: 4, servicer: null })
    expect(control.log(kf)).toHaveLength(1)
  })
})

describe('the first state', () => {
  it('is 3 or 2 where people saw it so', async () => {
    const { control } = await lab({ settings: { firstState: 3 } })
    control.customer('wm_chen').writes(kf, '你好')
    expect(control.state(kf, 'wm_chen')).toEqual({ state: 3, servicer: 'rm_li' })
    control.settings.firstState = 2
    control.customer('wm_gao').writes(kf, '你好')
    expect(control.state(kf, 'wm_gao').state).toBe(2)
  })

  it('is 4 before any message, and unknown people are 40096', async () => {
    const { control, call } = await lab()
    control.customer('wm_chen').opens(kf)
    const ask = { open_kfid: kf, external_userid: 'wm_chen' }
    expect(await call('kf/service_state/get', ask)).toMatchObject({ errcode: 0, service_state: 4 })
    expect((await call('kf/service_state/get', { ...ask, external_userid: 'wm_ghost' })).errcode).toBe(40096)
  })
})
