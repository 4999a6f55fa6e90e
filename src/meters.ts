import { Counter, Registry, collectDefaultMetrics } from 'prom-client'

/** What operations can see at /metrics. */
export const createMeters = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'yinqiao_' })
  const callbacks = new Counter({
    name: 'yinqiao_callbacks_total',
    help: 'Callbacks from WeCom by the status they were answered with',
    labelNames: ['status'],
    registers: [registry],
  })
  const calls = new Counter({
    name: 'yinqiao_wecom_calls_total',
    help: 'Calls to WeCom by path and result (an errcode, or a network error)',
    labelNames: ['path', 'result'],
    registers: [registry],
  })
  return {
    registry,
    callback: (status: string): void => callbacks.inc({ status }),
    wecomCall: ({ path, result }: { path: string; result: string }): void => calls.inc({ path, result }),
  }
}
export type Meters = ReturnType<typeof createMeters>
