import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startAt } from '../../src/api/live/position.ts'
import { readMissed } from '../../src/api/live/row.ts'
import { openStream, type Stream } from './open-stream.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { addTouchpoint, smallHouse } from './bank.ts'

let it: ApiGround
const streams: Stream[] = []
beforeAll(async () => {
  it = await startApi({ live: { pollMs: 25, pingMs: 40 } })
  await smallHouse(it.db)
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => it.stop())

const listen = async (options: { key?: string; lastEventId?: string } = {}): Promise<Stream> => {
  const stream = await openStream(`${it.url}/api/v1/live`, { key: it.admin, ...options })
  streams.push(stream)
  return stream
}
const kinds = (stream: Stream) => stream.events.map((event) => event.data.kind)
const add = (kind: string, rest: Partial<Parameters<typeof addTouchpoint>[1]> = {}) =>
  addTouchpoint(it.db, { kind, ...rest })

describe('the stream', () => {
  test('tells what is recorded from now on, in the shape of a touchpoint, with words', async () => {
    await add('app.before')
    const stream = await listen()
    const id = await add('message.received', {
      externalUserId: 'wm_li',
      rm: 'li.wei',
      channel: 'app-home',
      data: { type: 'text' },
    })
    await stream.until(1)
    expect(stream.events).toEqual([
      {
        id: expect.stringContaining(id),
        data: {
          id,
          at: expect.stringMatching(/Z$/),
          kind: 'message.received',
          externalUserId: 'wm_li',
          customerId: null,
          channel: 'app-home',
          rm: 'li.wei',
          conversationId: null,
          sourceId: null,
          data: { type: 'text' },
          title: '客户发来消息',
          detail: '客户 …m_li 发来文字消息',
        },
      },
    ])
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.headers.get('cache-control')).toContain('no-transform')
    expect(stream.headers.get('x-accel-buffering')).toBe('no')
  })

  test('is woken at once, without waiting for the poll', async () => {
    const slow = await startApi({ live: { pollMs: 3_600_000 } })
    const stream = await openStream(`${slow.url}/api/v1/live`, { key: slow.admin })
    await addTouchpoint(slow.db, { kind: 'app.woken' })
    slow.shared.publish('live', '')
    await stream.until(1)
    stream.close()
    await slow.stop()
  })

  test('resumes after the last event that was seen, without a gap and without repeating', async () => {
    const first = await listen()
    for (let n = 0; n < 3; n++) await add(`app.r${n}`)
    await first.until(3)
    first.close()
    for (let n = 3; n < 6; n++) await add(`app.r${n}`)
    const second = await listen({ lastEventId: first.events[1]?.id as string })
    await second.until(4)
    await add('app.r6')
    await second.until(5)
    expect(kinds(second)).toEqual(['app.r2', 'app.r3', 'app.r4', 'app.r5', 'app.r6'])
  })

  test('a touchpoint whose transaction commits late is told although later ones were, live and after a resume', async () => {
    const stream = await listen()
    const client = await it.pool.connect()
    await client.query('begin')
    await client.query("insert into touchpoints (at, kind) values (now(), 'app.late')")
    await add('app.overtaker')
    await stream.until(1)
    const resumed = await listen({ lastEventId: stream.events[0]?.id as string })
    await client.query('commit')
    client.release()
    await stream.until(2)
    await resumed.until(1)
    await add('app.after')
    await stream.until(3)
    await resumed.until(2)
    expect(kinds(stream)).toEqual(['app.overtaker', 'app.late', 'app.after'])
    expect(kinds(resumed)).toEqual(['app.late', 'app.after'])
  })

  test('a late one that commits while nobody listens is told on resume', async () => {
    const client = await it.pool.connect()
    const stream = await listen()
    await client.query('begin')
    await client.query("insert into touchpoints (at, kind) values (now(), 'app.late2')")
    await add('app.overtaker2')
    await stream.until(1)
    stream.close()
    await client.query('commit')
    client.release()
    const resumed = await listen({ lastEventId: stream.events[0]?.id as string })
    await resumed.until(1)
    expect(kinds(resumed)).toEqual(['app.late2'])
  })

  test('a thousand lines of one slow request are told although a thousand others came before them', async () => {
    const stream = await listen()
    const client = await it.pool.connect()
    const write = `insert into touchpoints (at, kind) select now(), 'app.many' from generate_series(1, 1000)`
    await client.query('begin')
    await client.query(write)
    await it.pool.query(write)
    await stream.until(1000)
    await client.query('commit')
    client.release()
    await stream.until(2000)
    expect(new Set(stream.events.map((event) => event.data.id)).size).toBe(2000)
  })

  test('two thousand at once from eight writers reach three listeners, each once', async () => {
    const listeners = [await listen(), await listen(), await listen()]
    const write = (writer: number) =>
      sql`insert into touchpoints (at, kind, data) select now(), 'app.burst', jsonb_build_object('n', ${writer * 250}::int + n) from generate_series(0, 249) n`.execute(
        it.db,
      )
    await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
    for (const stream of listeners) {
      await stream.until(2000)
      const told = stream.events.map((event) => event.data.data['n'] as number)
      expect(new Set(told).size).toBe(2000)
      expect(told).toHaveLength(2000)
    }
    const late = await listen({ lastEventId: listeners[0]?.events[499]?.id as string })
    await late.until(1500)
    expect(
      new Set([...(listeners[0]?.events.slice(0, 500) ?? []), ...late.events].map((event) => event.data.id)).size,
    ).toBe(2000)
  })

  test('pings while nothing happens, and is quiet about other branches', async () => {
    const stream = await listen({ key: await it.key('supervisor', { branch: 'shanghai' }) })
    await add('message.replied', { rm: 'zhou.jie', externalUserId: 'wm_zhou' })
    await add('message.replied', { rm: 'wang.fang', externalUserId: 'wm_wang' })
    const { id } = (await it.call('GET', '/customers/wm_li')).body as { id: string }
    await add('entry.opened', { customerId: id, externalUserId: 'wm_li' })
    await stream.until(2)
    expect(stream.events.map((event) => event.data.externalUserId)).toEqual(['wm_wang', 'wm_li'])
    await expect.poll(() => stream.pings()).toBeGreaterThan(1)
  })

  test('ends when the key is withdrawn', async () => {
    const { body } = await it.call<{ id: string; key: string }>('POST', '/keys', {
      body: { name: 'screen', role: 'auditor' },
    })
    const stream = await listen({ key: body.key })
    await it.call('DELETE', `/keys/${body.id}`)
    await stream.ended
  })

  test('ends when the process stops, and the server can close', async () => {
    const own = await startApi()
    const stream = await openStream(`${own.url}/api/v1/live`, { key: own.admin })
    own.api.close()
    await stream.ended
    await own.stop()
  })

  test.each(['x', '1-', '-1', '1-2.', '1;2', '9'.repeat(19)])('a Last-Event-ID %j is a 422', async (lastEventId) => {
    const answer = await fetch(`${it.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${it.admin}`, 'last-event-id': lastEventId },
    })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ errors: [{ path: 'Last-Event-ID' }] })
  })

  test('HEAD is answered without a stream', async () => {
    const answer = await fetch(`${it.url}/api/v1/live`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${it.admin}` },
    })
    expect(answer.status).toBe(200)
  })

  test('a line that cannot be read goes on with the next poll', async () => {
    const stream = await listen()
    await it.pool.query('alter table decisions rename to decisions_away')
    await add('app.hidden')
    await expect.poll(() => it.logged.length).toBeGreaterThan(0)
    await it.pool.query('alter table decisions_away rename to decisions')
    await stream.until(1)
    expect(kinds(stream)).toEqual(['app.hidden'])
  })
})

test('what the line itself still waits for is not told by the catching up as well', async () => {
  const [a, b, c] = [await add('app.a'), await add('app.b'), await add('app.c')].map(BigInt) as [bigint, bigint, bigint]
  const told = await readMissed(it.db, { from: startAt(a), to: { last: c, missing: new Map([[b, 0]]) }, limit: 10 })
  expect(told.map((row) => row.kind)).toEqual(['app.c'])
})
