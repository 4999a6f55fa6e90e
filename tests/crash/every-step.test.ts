import { afterAll, beforeAll, expect, test } from 'vitest'
import { account } from '../small-bank.ts'
import { createFleet } from './fleet.ts'
import { anybody, bankWith } from './many-rms.ts'

/** From WeCom's page to the RM's phone and the customer's screen, in order. */
const steps = [
  'kf-claim',
  'POST kf/sync_msg',
  'begin',
  'kf-page',
  'inbox-add',
  'commit kf-customers',
  'claim_inbox',
  'dispatch-gather',
  'dispatch-finish',
  'conversation-insert',
  'dispatch-claim',
  'dispatch-decision',
  'dispatch-message',
  'dispatch-chat',
  'ledger-record',
  'outbox-add',
  'commit outbox-add',
  'claim_outbox',
  'POST kf/service_state/trans',
  'outbox-mark',
  'POST message/send',
  'POST kf/send_msg_on_event',
  'outbox-said',
]
/** Before each step is after the one before it; around WeCom's answers and our commits both sides are tried. */
const points = steps.flatMap((step) =>
  /^(POST|commit)/.test(step) ? [`before ${step}`, `after ${step}`] : [`before ${step}`],
)

const bank = bankWith(60, 10)
let fleet: Awaited<ReturnType<typeof createFleet>>
beforeAll(async () => {
  fleet = await createFleet({ people: bank, rules: anybody })
})
afterAll(() => fleet.stop())

test(
  `killed at ${points.length} places on a message's way, each on a real process: nothing lost, nobody answered twice`,
  { timeout: 300_000 },
  async () => {
    const reached: string[] = []
    const missed: string[] = []
    for (const [index, point] of points.entries()) {
      const unit = await fleet.start('worker', { KILL_AT: point })
      fleet.wecom.customer(`wm_step_${index}`).writes(account, `第${index}个客户`)
      const ended = await Promise.race([
        unit.ended.then(() => true),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 6_000)),
      ])
      ;(ended ? reached : missed).push(point)
      if (!ended) await fleet.kill(unit)
      await fleet.leasesRunOut()
    }
    const last = await fleet.start('worker')
    await fleet.settle(120_000)
    await fleet.kill(last)

    expect(missed).toEqual([])
    const { rows } = await fleet.pool.query<{
      external_userid: string
      messages: number
      rm: string
      decisions: number
    }>(
      `select v.external_userid, v.rm, (select count(*)::int from messages m where m.conversation_id = v.id and m.sender = 'customer') as messages,
       (select count(*)::int from decisions d where d.conversation_id = v.id) as decisions
     from conversations v order by v.id`,
    )
    expect(rows).toHaveLength(points.length)
    for (const row of rows) {
      expect(row).toMatchObject({ messages: 1, decisions: 1 })
      expect(fleet.wecom.state(account, row.external_userid)).toMatchObject({ state: 3, servicer: row.rm })
    }
    const phones = bank.rms.flatMap(({ userid }) => fleet.wecom.servicer(userid).inbox())
    for (const [index] of points.entries()) {
      expect(phones.filter(({ body }) => JSON.stringify(body).includes(`第${index}个客户`))).toHaveLength(1)
    }
    // The hand-over's words need the code of its answer: who dies between the two leaves the customer without them; he never gets two.
    const words = points.map((_, index) => wordsSeenBy(`wm_step_${index}`))
    expect(Math.max(...words)).toBeLessThanOrEqual(1)
  },
)

const wordsSeenBy = (customer: string): number =>
  fleet.wecom
    .customer(customer)
    .sees(account)
    .filter((line) => line.from === 'account').length
