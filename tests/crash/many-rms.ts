import { account, smallBank } from '../small-bank.ts'
import type { ExampleCorp } from '../../src/simulator/example-corp.ts'

/** The small bank with many RMs, all serving its one account. */
export const bankWith = (count: number, capacity: number): ExampleCorp => {
  const bank = smallBank()
  const pattern = bank.rms[0] as (typeof bank.rms)[0]
  const rms = Array.from({ length: count }, (_, index) => {
    const userid = `rm.${String(index).padStart(3, '0')}`
    const { deputy: _deputy, ...rest } = pattern
    return { ...rest, userid, name: `客户经理${index}`, capacity }
  })
  return {
    ...bank,
    rms,
    accounts: [{ openKfId: account, name: '小城银行客服', servicers: rms.map((rm) => rm.userid) }],
    customers: [],
  }
}

export const anybody = {
  pools: { general: { name: '综合客服', members: {}, strategy: 'least-loaded' } },
  fallback: { steps: [{ to: 'pool:general', stay: '10m' }], otherwise: 'leave-message' },
  firstReply: { remind: '1h', reassign: '2h' },
}
