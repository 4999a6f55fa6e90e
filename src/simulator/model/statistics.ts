import { day, seconds } from './clock.ts'
import { refuseIf } from './refused.ts'
import type { Account, LogItem, World } from './world.ts'

/** Midnight of Shanghai (no summer time), in unix milliseconds. */
const shanghai = 8 * 3_600_000
export const midnight = (ms: number): number => Math.floor((ms + shanghai) / day) * day - shanghai

type Span = { accounts: Account[]; from: number; to: number }
type Day = { stat_time: number; statistic?: Record<string, number> }

/** One entry per day, yesterday at the latest; a day without data has no figures, a rate without a base is left out. */
const perDay = (world: World, span: Span, count: (items: LogItem[]) => Record<string, number>): Day[] => {
  const today = midnight(world.now())
  const [from, to] = [midnight(span.from * 1000), midnight(span.to * 1000)]
  refuseIf(to >= today, 40058, 'statistics end yesterday')
  refuseIf(to - from > 30 * day || today - from > 180 * day, 40058, 'time range is too long or too old')
  const items = span.accounts.flatMap((account) => account.log.flatMap((entry) => entry.item ?? []))
  const days = Array.from({ length: (to - from) / day + 1 }, (_, index) => from + index * day)
  return days.map((start) => {
    const own = items.filter((item) => item.send_time * 1000 >= start && item.send_time * 1000 < start + day)
    return { stat_time: seconds(start), ...(own.length > 0 ? { statistic: count(own) } : {}) }
  })
}

const customersOf = (items: LogItem[]): number => new Set(items.map((item) => item['external_userid'])).size

/** get_corp_statistic from the log: sessions are counted as customers with a message that day. */
export const corpStatistic = (world: World, span: Span): Day[] =>
  perDay(world, span, (items) => {
    const fromCustomers = items.filter((item) => item.origin === 3)
    return {
      session_cnt: customersOf(fromCustomers),
      customer_cnt: customersOf(fromCustomers),
      customer_msg_cnt: fromCustomers.length,
      upgrade_service_customer_cnt: 0,
      ai_session_reply_cnt: 0,
      msg_rejected_customer_cnt: 0,
    }
  })

/** get_servicer_statistic: who was answered by a servicer, and how fast on average. */
export const servicerStatistic = (world: World, span: Span & { servicer?: string | undefined }): Day[] =>
  perDay(world, span, (items) => {
    const his = items.filter(
      (item) => item.origin === 5 && (!span.servicer || item['servicer_userid'] === span.servicer),
    )
    const customers = new Set(his.map((item) => item['external_userid']))
    const asked = items.filter(
      (item) => item.origin === 3 && (!span.servicer || customers.has(item['external_userid'])),
    )
    const waits = [...customers].flatMap((customer) => firstWait(items, customer))
    const sum = waits.reduce((total, wait) => total + wait, 0)
    return {
      session_cnt: customers.size,
      customer_cnt: customers.size,
      customer_msg_cnt: asked.length,
      ...(customersOf(asked) > 0 ? { reply_rate: customers.size / customersOf(asked) } : {}),
      ...(waits.length > 0 ? { first_reply_average_sec: sum / waits.length } : {}),
    }
  })

const firstWait = (items: LogItem[], customer: unknown): number[] => {
  const own = items.filter((item) => item['external_userid'] === customer)
  const asked = own.find((item) => item.origin === 3)
  const answered = own.find((item) => item.origin === 5 && item.send_time >= (asked?.send_time ?? Infinity))
  return asked && answered ? [answered.send_time - asked.send_time] : []
}
