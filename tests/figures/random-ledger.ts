import fc from 'fast-check'
import type pg from 'pg'
import { dimensions } from '../../src/figures/slice.ts'
import type { Definitions } from '../../src/figures/definitions.ts'

/** Short windows, so that a few dozen lines fall on both sides of each. */
export const definitions: Definitions = {
  valueEvents: ['app.buy', 'app.loan'],
  windowDays: 5,
  lookbackDays: 7,
  keptDays: 3,
  quickLossHours: 24,
  manyManagers: 2,
  burstAdds: 2,
  horizonDays: 7,
  tenureDays: [1, 7],
  activityWeeks: 2,
  activityTouches: [1, 3],
}

export type NewLine = {
  at: Date
  kind: string
  customer: number | null
  channel: string | null
  rm: string | null
  data: object
}

/** A Sunday evening in Shanghai: weeks begin where UTC does not see it. */
const start = Date.parse('2026-03-01T14:00:00Z')
const at = fc.integer({ min: 0, max: 45 * 48 }).map((half) => new Date(start + half * 1_800_000))
const customer = fc.integer({ min: 1, max: 7 })
const rm = fc.constantFrom('li', 'wang', 'zhao')
const channel = fc.constantFrom(null, 'app', 'sms')
const campaign = fc.constantFrom({}, { campaign: 'spring' }, { campaign: 'summer' })
const nobody = fc.constant(null)

type Parts = { kind: fc.Arbitrary<string>; rm?: fc.Arbitrary<string | null>; data?: fc.Arbitrary<object> }
const line = ({ kind, rm: who = nobody, data = fc.constant({}) }: Parts): fc.Arbitrary<NewLine> =>
  fc.record({ at, kind, customer, channel, rm: who, data })

const told = fc.record(
  {
    segment: fc.constantFrom('person', 'sme/gold'),
    clientSince: fc.constantFrom('2026-02-11', '2026-03-02', 'no date'),
  },
  { requiredKeys: [] },
)
const add = fc.record(
  {
    half: fc.constant(true),
    first: fc.boolean(),
    campaign: fc.constant('card'),
    entry: fc.constant({ campaign: 'summer' }),
  },
  { requiredKeys: [] },
)
const lines = fc.oneof(
  { weight: 5, arbitrary: line({ kind: fc.constantFrom('app.viewed', 'app.login'), data: fc.oneof(campaign, told) }) },
  { weight: 4, arbitrary: line({ kind: fc.constant('entry.opened'), data: campaign }) },
  { weight: 3, arbitrary: line({ kind: fc.constantFrom('message.received', 'conversation.queued', 'message.sent') }) },
  {
    weight: 4,
    arbitrary: line({ kind: fc.constantFrom('conversation.routed', 'message.replied', 'contact.invited'), rm }),
  },
  {
    weight: 5,
    arbitrary: line({ kind: fc.constantFrom('contact.added', 'contact.added', 'contact.confirmed'), rm, data: add }),
  },
  { weight: 2, arbitrary: line({ kind: fc.constantFrom('contact.lost', 'contact.lost', 'contact.chatted'), rm }) },
  { weight: 3, arbitrary: line({ kind: fc.constantFrom('app.buy', 'app.loan') }) },
  {
    weight: 1,
    arbitrary: line({
      kind: fc.constant('customer.described'),
      data: fc.record({ client: fc.boolean(), segment: fc.constantFrom('person', 'sme') }),
    }),
  },
)

/** Questions that cross: any filters, by anything, within any scope. */
export const asks = fc.array(
  fc.record({
    by: fc.option(fc.constantFrom(...dimensions), { nil: undefined }),
    channel: fc.option(fc.constantFrom('app', 'sms'), { nil: undefined }),
    campaign: fc.option(fc.constantFrom('spring', 'summer'), { nil: undefined }),
    branch: fc.option(fc.constantFrom('north', 'north/one', 'south'), { nil: undefined }),
    rm: fc.option(fc.constantFrom('li', 'wang'), { nil: undefined, freq: 2 }),
    scope: fc.record({
      branch: fc.option(fc.constantFrom('north', 'south'), { freq: 2 }),
      rm: fc.option(fc.constantFrom('li', 'wang'), { freq: 2 }),
    }),
  }),
  { minLength: 8, maxLength: 8 },
)

const placed = fc.record({ at, rm, branch: fc.constantFrom('north', 'north/one', 'south') }).map((one): NewLine => ({
  at: one.at,
  kind: 'rm.placed',
  customer: null,
  channel: null,
  rm: null,
  data: { rm: one.rm, branch: one.branch },
}))

const claims = fc
  .array(
    fc.record({
      at,
      customer,
      other: fc.option(customer),
      by: fc.constantFrom('client_no', 'unionid'),
      undone: fc.option(at),
    }),
    { maxLength: 6 },
  )
  .map((list) => list.flatMap((one, index) => claimLines({ ...one, id: String(index + 1) })))

type Claim = { id: string; at: Date; customer: number; other: number | null; by: string; undone: Date | null }
const claimLines = (claim: Claim): NewLine[] => {
  const other = claim.other !== null && claim.other !== claim.customer ? { otherCustomerId: String(claim.other) } : {}
  const of = (kind: string, when: Date): NewLine => ({
    at: when,
    kind,
    customer: claim.customer,
    channel: null,
    rm: null,
    data: { claimId: claim.id, by: claim.by, ...other },
  })
  return [of('identity.joined', claim.at), ...(claim.undone ? [of('identity.undone', claim.undone)] : [])]
}

/** Lines in any order, as late ones come in. */
export const ledgers: fc.Arbitrary<NewLine[]> = fc
  .tuple(fc.array(lines, { minLength: 20, maxLength: 120, size: 'max' }), fc.array(placed, { maxLength: 6 }), claims)
  .map((parts) => parts.flat())
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))

export const write = async (db: pg.Pool | pg.PoolClient, list: readonly NewLine[]): Promise<void> => {
  for (const one of list)
    await db.query(
      'insert into touchpoints (at, kind, customer_id, channel, rm, data) values ($1, $2, $3, $4, $5, $6)',
      [one.at, one.kind, one.customer, one.channel, one.rm, JSON.stringify(one.data)],
    )
}
