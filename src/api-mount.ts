import type Koa from 'koa'
import type { Logger } from 'pino'
import { createApi } from './api/api.ts'
import { createOperations } from './api/operations.ts'
import { createTouchDoor } from './api/touchpoints/touch.ts'
import { Refused } from './api/http/refused.ts'
import type { ChannelDesk } from './api/channel-desk.ts'
import type { Commands } from './api/commands.ts'
import { createChannelLinks } from './crm/channel-link.ts'
import type { ActiveRules } from './dispatch/rules.ts'
import { createCommand, type CommandKind, type Order, type Outcome } from './dispatch/commands.ts'
import { questionAbout } from './dispatch/gather/question-about.ts'
import { askToLookAgain } from './dispatch/waiting.ts'
import { readIntegrity } from './ledger/integrity.ts'
import { createFigures } from './figures/figures.ts'
import type { Definitions } from './figures/definitions.ts'
import type { Meters } from './meters.ts'
import type { CalendarOverrides } from './routing/calendar/holidays.ts'
import { inTransaction } from './store/transaction.ts'
import { createTaskDesk } from './tasks/desk.ts'
import type { Zone } from './routing/calendar/zone.ts'
import type { Shared } from './store/shared.ts'
import type { Store } from './store/open.ts'
import type { WecomClient } from './wecom/client.ts'
import { addKfContactWay } from './wecom/endpoints/kf.ts'
import { getCallbackIp } from './wecom/endpoints/token.ts'

type Mount = {
  store: Store
  shared: Shared
  wecom: WecomClient
  meters: Meters
  version: string
  now: () => Date
  log: Logger
  /** Another rule set version is active: this process reads it at once, the others when they hear of it. */
  reloadRules: () => Promise<void>
  /** config/calendar.yaml as the rules are compiled with. */
  calendar: CalendarOverrides
  secretKey: string
  rules: () => ActiveRules
  /** What the figures are counted by. */
  figures: { definitions: Definitions; zone: Zone }
}

/** Mounts the API and the operators' paths; answers what ends the open streams. */
export const mountApi = (app: Koa, it: Mount): (() => void) => {
  const { store, shared, wecom, meters, version, now, log } = it
  const routingChanged = async (): Promise<void> => {
    await it.reloadRules()
    shared.publish('routing', '')
    // Who waits may be served by the new rules.
    await store.pool.query(askToLookAgain)
    shared.publish('inbox', '')
  }
  const routing = { calendar: it.calendar, questionAbout: (id: string) => questionAbout(store.pool, id) }
  const integrity = () => readIntegrity(store.pool, now())
  const common = { db: store.db, shared, now, log, version }
  const api = createApi({
    ...common,
    commands: commandsOf(it),
    channels: channelsOf(it),
    tasks: createTaskDesk({ pool: store.pool, inTransaction, now }),
    later: (from, duration) => it.rules().later(from, duration),
    linkPrice: () => it.rules().rules.invitation.linkPrice,
    figures: createFigures({ pool: store.pool, ...it.figures }),
    integrity,
    routing,
    routingChanged,
  })
  const token = remembered(60_000, () =>
    wecom.call(getCallbackIp, {}).then(
      () => true,
      () => false,
    ),
  )
  app.use(createOperations({ db: store.db, shared, token, registry: meters.registry }))
  app.use(createTouchDoor({ db: store.db, shared, secretKey: it.secretKey, now, log }))
  app.use(api.middleware)
  return api.close
}

/** Probes come every few seconds; WeCom is asked once a minute, and again at once after a failure. */
const remembered = (ms: number, ask: () => Promise<boolean>) => {
  let good = -Infinity
  return async (): Promise<boolean> => {
    if (performance.now() - good < ms) return true
    const answer = await ask()
    if (answer) good = performance.now()
    return answer
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const channelsOf = ({ store, wecom, secretKey }: Mount): ChannelDesk => {
  const ask = async (wanted: { open_kfid: string; scene: string }) => (await wecom.call(addKfContactWay, wanted)).url
  return { secretKey, linkOf: createChannelLinks({ db: store.db, ask, pause }) }
}

const commandsOf = ({ store, shared }: Mount): Commands => {
  const command = createCommand({ pool: store.pool, wake: (what) => shared.publish(what, ''), pause })
  const give =
    (kind: CommandKind) =>
    async (order: Order): Promise<void> => {
      const refusal = refusalOf(await command(kind, order))
      if (refusal) throw new Refused(refusal)
    }
  return { assign: give('admin/assign'), close: give('admin/close'), reroute: give('admin/reroute') }
}

type Refusal = ConstructorParameters<typeof Refused>[0]
const refusalOf = (outcome: Outcome): Refusal | null =>
  typeof outcome === 'string'
    ? refusals[outcome]
    : { status: 409, title: '指令没有执行，会话没有变动', detail: outcome.refused }

const refusals: Record<Extract<Outcome, string>, Refusal | null> = {
  done: null,
  'unknown-conversation': { status: 404, title: '没有这个会话', detail: '请核对会话编号' },
  closed: { status: 409, title: '会话已结束', detail: '客户再次来信时会开始新的会话' },
  late: {
    status: 409,
    title: '指令已收到，尚未完成',
    detail: '后台进程正忙或未启动；指令已保存，会自动执行，请稍后查看会话',
  },
  failed: { status: 409, title: '指令未能执行', detail: '原因见 GET /api/v1/integrity 的 gaps' },
}
