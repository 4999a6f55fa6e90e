import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { createChanges, type Change } from './changes.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules, people: smallBank() })
})
afterAll(() => world.stop())

const customers = 2_500
const managers = ['li.wei', 'wang.fang'] as const

/** Each customer adds two RMs in one second that thousands share; a fifth comes half first; a tenth leaves again. */
const storyOf = (n: number, start: number): Change[] => {
  const ExternalUserID = `wm_${n}`
  const at = start + Math.floor(n / 500)
  const about = (ChangeType: string, UserID: string, when: number) => ({
    Event: 'change_external_contact',
    ChangeType,
    UserID,
    ExternalUserID,
    at: when,
  })
  return [
    ...(n % 5 === 0 ? managers.map((rm) => about('add_half_external_contact', rm, at)) : []),
    ...managers.map((rm) => about('add_external_contact', rm, at + (n % 5 === 0 ? 1 : 0))),
    ...(n % 10 === 0 ? [about('del_external_contact', 'li.wei', at + 60)] : []),
  ]
}

test('10,000 callbacks, many in one second, each of them twice: each add is there, and once', async () => {
  const wecom = createChanges(world.app, world.wecom.corp)
  const start = Math.floor(world.clock.now() / 1000) - 600
  const events = Array.from({ length: customers }, (_, n) => storyOf(n, start)).flat()
  // WeCom repeats what it believes unanswered, the same body: at once, or when much else has come.
  const repeated = events.flatMap((event) => [event, event])
  const late = events.filter((_, n) => n % 8 === 1)
  const waves = ['add_half_external_contact', 'add_external_contact', 'del_external_contact'].map((change) =>
    repeated.filter(({ ChangeType }) => ChangeType === change),
  )
  expect(repeated.length + late.length).toBeGreaterThanOrEqual(10_000)

  // Whoever is not answered in time sends again, as WeCom does, three times in all.
  const deliver = async (event: Change): Promise<number> => {
    for (let tries = 1; ; tries += 1) {
      const status = await wecom.send(event)
      if (status !== 503 || tries === 3) return status
    }
  }
  const statuses = new Set<number>()
  const sendAll = async (wave: readonly Change[]): Promise<void> => {
    let next = 0
    const sender = async (): Promise<void> => {
      for (let event = wave[next++]; event; event = wave[next++]) statuses.add(await deliver(event))
    }
    await Promise.all(Array.from({ length: 64 }, sender))
  }
  for (const wave of [...waves, late]) await sendAll(wave)
  expect([...statuses]).toEqual([200])

  const count = async (what: string): Promise<number> =>
    (await world.pool.query<{ n: number }>(`select count(*)::int as n from ${what}`)).rows[0]?.n ?? 0
  // The events alone: what their RMs are told of so many friends at once takes its minutes (30 messages each).
  await expect
    .poll(() => count("inbox where kind like 'contact/%' and state = 'new'"), { timeout: 500_000, interval: 200 })
    .toBe(0)
  expect(await count("inbox where kind like 'contact/%' and state = 'done'")).toBe(events.length)
  expect(await count("touchpoints where kind = 'contact.added'")).toBe(customers * 2)
  expect(await count("touchpoints where kind = 'contact.added' and data ->> 'first' = 'true'")).toBe(customers * 2)
  expect(await count("touchpoints where kind = 'contact.confirmed'")).toBe((customers / 5) * 2)
  expect(await count("touchpoints where kind = 'contact.lost'")).toBe(customers / 10)
  expect(await count("contacts where state = 'active'")).toBe(customers * 2 - customers / 10)
  expect(await count("touchpoints where kind = 'owner.changed'")).toBe(customers)
  expect(await count("customers where external_userid ~ '^wm_[0-9]+$'")).toBe(customers)
}, 600_000)
