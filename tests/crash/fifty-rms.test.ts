import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownRedis } from '../ground/ground.ts'
import { account } from '../small-bank.ts'
import { createFleet } from './fleet.ts'
import { anybody, bankWith } from './many-rms.ts'

const customers = 1_000
const [rms, capacity] = [50, 15]
const room = rms * capacity

let fleet: Awaited<ReturnType<typeof createFleet>>
let redis: Awaited<ReturnType<typeof ownRedis>>
beforeAll(async () => {
  redis = await ownRedis()
  fleet = await createFleet({ people: bankWith(rms, capacity), rules: anybody, redisUrl: redis.url })
}, 60_000)
afterAll(async () => {
  await fleet.stop()
  await redis.stop()
})

type Open = { external_userid: string; rm: string | null; status: string; opened_at: Date }
const open = async (): Promise<Open[]> =>
  (
    await fleet.pool.query<Open>(
      "select external_userid, rm, status, opened_at from conversations where status <> 'closed' order by id",
    )
  ).rows
const waiting = async (): Promise<Open[]> => (await open()).filter(({ status }) => status === 'queued')

/** Each customer once, WeCom and our books name the same owner, and nobody has more than he can take. */
const balance = async (): Promise<void> => {
  const all = await open()
  expect(new Set(all.map((one) => one.external_userid)).size).toBe(all.length)
  for (const { external_userid, rm, status } of all) {
    expect(status === 'assigned').toBe(rm !== null)
    if (rm) expect(fleet.wecom.state(account, external_userid)).toMatchObject({ state: 3, servicer: rm })
  }
  const { rows } = await fleet.pool.query(
    `select userid, load from rms r where load > capacity
       or load <> (select coalesce(sum(units), 0) from conversations v where v.rm = r.userid and v.status = 'assigned')`,
  )
  expect(rows).toEqual([])
}

test(
  `${customers} customers at once, ${rms} RMs, four processes: all room is used and no more, and the queue is served by age`,
  { timeout: 300_000 },
  async () => {
    const units = await Promise.all(Array.from({ length: 4 }, () => fleet.start('all')))
    for (let n = 0; n < customers; n += 1) {
      const unit = units[n % units.length]
      if (n % 25 === 0) fleet.wecom.callbacks.setUrl(`http://127.0.0.1:${unit?.port}/wecom/callback`)
      fleet.wecom.customer(`wm_many_${n}`).writes(account, `第${n}位`)
    }
    await fleet.settle(150_000, { told: false })
    expect(await open()).toHaveLength(customers)
    expect(await waiting()).toHaveLength(customers - room)
    await balance()

    for (const part of [0.4, 0.6]) {
      const freed = Math.round((customers - room) * part)
      const before = await waiting()
      const busy = (await open()).filter(({ status }) => status === 'assigned').slice(0, freed)
      for (const { rm, external_userid } of busy) fleet.wecom.servicer(rm as string).ends(account, external_userid)
      await fleet.settle(60_000, { told: false })
      const after = await waiting()
      const still = new Set(after.map((one) => one.external_userid))
      const served = before.filter((one) => !still.has(one.external_userid))
      expect(served).toHaveLength(freed)
      const last = Math.max(...served.map((one) => one.opened_at.getTime()))
      for (const one of after) expect(one.opened_at.getTime()).toBeGreaterThanOrEqual(last)
      await balance()
    }
    expect(await waiting()).toEqual([])
  },
)
