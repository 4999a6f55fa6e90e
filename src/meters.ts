import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** What operations can see at /metrics. */
export const createMeters = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'yinqiao_' })
  const counter = counterIn(registry)
  const callbacks = counter('callbacks_total', 'Callbacks from WeCom by the status they were answered with', 'status')
  const calls = counter(
    'wecom_calls_total',
    'Calls to WeCom by path and result (an errcode, or a network error)',
    'path',
    'result',
  )
  const contacts = counter(
    'contacts_total',
    'Friendships with managers: added, half_added, confirmed (a half add made whole), lost',
    'change',
  )
  return {
    registry,
    callback: (status: string): void => callbacks.inc({ status }),
    wecomCall: ({ path, result }: { path: string; result: string }): void => calls.inc({ path, result }),
    contact: (change: string): void => contacts.inc({ change }),
    errand: errandMeter(registry, counter),
  }
}
export type Meters = ReturnType<typeof createMeters>

const counterIn =
  (registry: Registry) =>
  (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name: `yinqiao_${name}`, help, labelNames, registers: [registry] })

type Errand =
  | { what: 'welcome'; outcome: string; reason: string; seconds: number }
  | { what: 'invitation'; outcome: string; by: string; how: string }

const errandMeter = (registry: Registry, counter: ReturnType<typeof counterIn>) => {
  const welcomes = counter(
    'welcomes_total',
    'Welcome codes: sent, already (another app was quicker), missed with its reason (late, code, refused)',
    'outcome',
    'reason',
  )
  const seconds = new Histogram({
    name: 'yinqiao_welcome_seconds',
    help: 'From the event that brought the code to the welcome sent; the code lives 20 s',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 15, 20],
    registers: [registry],
  })
  const invitations = counter(
    'invitations_total',
    'Invitations to add a manager: sent or failed, by whom asked for, how (its way, or why it failed)',
    'outcome',
    'by',
    'how',
  )
  return (errand: Errand): void => {
    if (errand.what === 'invitation') {
      const { outcome, by, how } = errand
      invitations.inc({ outcome, by, how })
      return
    }
    const { outcome, reason } = errand
    welcomes.inc({ outcome, reason })
    if (outcome === 'sent') seconds.observe(errand.seconds)
  }
}
