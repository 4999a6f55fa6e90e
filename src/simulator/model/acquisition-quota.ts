import { day, seconds } from './clock.ts'
import { tellAcquisition } from './contact-events.ts'
import type { World } from './world.ts'

const low = 20
/** So many days before a batch ends the admin is told. */
const warned = [14, 7, 3, 2, 1]

const living = (world: World) =>
  world.contacts.quota.batches
    .filter(({ expiresAt, balance }) => expiresAt > world.now() && balance > 0)
    .sort((a, b) => a.expiresAt - b.expiresAt)

export const balance = (world: World): number => living(world).reduce((sum, batch) => sum + batch.balance, 0)

export const quotaAnswer = (world: World) => ({
  total: world.contacts.quota.used,
  balance: balance(world),
  quota_list: living(world).map((batch) => ({ expire_date: seconds(batch.expiresAt), balance: batch.balance })),
})

/** One customer more: taken from the batch that ends first. Crossing 20 and reaching 0 are told, once each. */
export const takeQuota = (world: World): void => {
  const before = balance(world)
  const batch = living(world)[0]
  if (!batch) return
  batch.balance -= 1
  world.contacts.quota.used += 1
  if (before === low) tellAcquisition(world, 'balance_low')
  if (before === 1) tellAcquisition(world, 'balance_exhausted')
}

/** The corp's purchases: from nothing to something is told. */
export const setQuota = (world: World, batches: { balance: number; expiresAt: number }[]): void => {
  const before = balance(world)
  world.contacts.quota.batches = batches.map((batch) => ({ ...batch }))
  if (before === 0 && balance(world) > 0) tellAcquisition(world, 'balance_increased')
}

/** WeCom's daily job: tells of batches that end in 14, 7, 3, 2 or 1 days. */
export const tellExpiring = (world: World): void => {
  for (const batch of living(world)) {
    const days = Math.ceil((batch.expiresAt - world.now()) / day)
    if (!warned.includes(days)) continue
    tellAcquisition(world, 'quota_expire_soon', [
      ['ExpireTime', seconds(batch.expiresAt)],
      ['ExpireQuotaNum', batch.balance],
    ])
  }
}
