import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownRedis } from '../ground/ground.ts'
import { account } from '../small-bank.ts'
import { createFleet, type Unit } from './fleet.ts'
import { anybody, bankWith } from './many-rms.ts'

const messages = 2_000
const customers = 250
const kills = 10

const bank = bankWith(60, 20)
let fleet: Awaited<ReturnType<typeof createFleet>>
let redis: Awaited<ReturnType<typeof ownRedis>>
beforeAll(async () => {
  redis = await ownRedis()
  fleet = await createFleet({ people: bank, rules: anybody, redisUrl: redis.url })
})
afterAll(async () => {
  await fleet.stop()
  await redis.stop()
})

test(
  `${messages} messages through dropped, doubled, delayed and reordered callbacks, ${kills} kills, a paused process and a flushed and frozen Redis: the books balance`,
  { timeout: 400_000 },
  async () => {
    Object.assign(fleet.wecom.callbacks.knobs, {
      dropPercent: 15,
      duplicatePercent: 15,
      delayMs: [0, 200],
      reorderPercent: 20,
      reorderMs: 300,
      tries: 2,
    })
    const units: Unit[] = [
      await fleet.start('web'),
      await fleet.start('web'),
      await fleet.start('worker'),
      await fleet.start('worker'),
    ]
    const toward = (): void => {
      const webs = fleet.running('web')
      const web = webs[Math.floor(Math.random() * webs.length)]
      if (web) fleet.wecom.callbacks.setUrl(`http://127.0.0.1:${web.port}/wecom/callback`)
    }

    let written = 0
    const write = async (upTo: number): Promise<void> => {
      for (; written < upTo; written += 1) {
        fleet.wecom.customer(`wm_chaos_${written % customers}`).writes(account, `第${written}条`)
        if (written % 20 === 0) {
          toward()
          await pause(25)
        }
      }
    }
    for (let kill = 0; kill < kills; kill += 1) {
      await write(Math.floor(((kill + 1) * messages) / (kills + 1)))
      const victim = units[kill % units.length] as Unit
      await fleet.kill(victim)
      if (kill === 3) await flush()
      if (kill === 5) await redis.signal('SIGSTOP')
      if (kill === 6) await redis.signal('SIGCONT')
      units[kill % units.length] = await fleet.start(victim.role as 'web' | 'worker')
      await fleet.leasesRunOut()
    }
    // A worker that was asleep while others had its leases: what it then does must not count twice.
    const sleeper = units[3] as Unit
    sleeper.child.kill('SIGSTOP')
    await write(messages)
    await fleet.leasesRunOut()
    await pause(3_000)
    sleeper.child.kill('SIGCONT')

    Object.assign(fleet.wecom.callbacks.knobs, { dropPercent: 0, delayMs: [0, 0] })
    await fleet.settle(200_000)
    const books = await fleet.api('/integrity')
    expect(books).toMatchObject({ received: messages, stored: messages, decided: messages, gaps: [] })

    const { rows } = await fleet.pool.query<{ external_userid: string; rm: string; open: number }>(
      `select external_userid, max(rm) as rm, count(*)::int as open from conversations where status <> 'closed' group by 1`,
    )
    expect(rows).toHaveLength(customers)
    for (const { external_userid, rm, open } of rows) {
      expect(open).toBe(1)
      expect(fleet.wecom.state(account, external_userid)).toMatchObject({ state: 3, servicer: rm })
    }
    const loads = await fleet.pool.query<{ wrong: number }>(
      `select count(*)::int as wrong from rms r where load > capacity
         or load <> (select coalesce(sum(units), 0) from conversations v where v.rm = r.userid and v.status = 'assigned')`,
    )
    expect(loads.rows).toEqual([{ wrong: 0 }])
    const told = bank.rms.flatMap(({ userid }) => fleet.wecom.servicer(userid).inbox())
    expect(told).toHaveLength(customers)
  },
)

const flush = async (): Promise<void> => {
  const client = createClient({ url: redis.url })
  await client.connect()
  await client.flushAll()
  client.destroy()
}
