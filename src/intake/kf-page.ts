import { createHash } from 'node:crypto'
import type { NewEvent } from '../inbox/events.ts'
import { readKfItem, type KfItem } from '../wecom/kf-items.ts'

/** A welcome code lives 20 s: a younger entry overtakes everything. */
const welcomeMs = 20_000

type Page = { openKfId: string; items: readonly unknown[]; historyBefore: Date | null; now: Date }

/** The items of one page as events for the inbox, in WeCom's order, raw. */
export const eventsOfPage = ({ openKfId, items, historyBefore, now }: Page): NewEvent[] => {
  const read = items.map((item) => readKfItem(item))
  const recalled = new Set(
    read.flatMap((item) => (item.kind === 'kf/user_recall_msg' ? [item.event.recall_msgid as string] : [])),
  )
  return read.map((item, index) => {
    const at = item.at ?? now
    const history = historyBefore !== null && at < historyBefore
    return {
      kind: item.kind === 'unknown' ? `kf/${item.type ?? 'unknown'}` : item.kind,
      key: `kf:${openKfId}:${item.msgid ?? digest(items[index])}`,
      subject: item.externalUserId ?? `account:${openKfId}`,
      lane: isWelcome(item, now) && !history ? 0 : 1,
      payload: {
        item: items[index],
        openKfId,
        ...(history && { history: true }),
        ...(item.msgid && recalled.has(item.msgid) && { recalled: true }),
      },
      occurredAt: at,
    } satisfies NewEvent
  })
}

/** An item without a usable msgid is known by all of its contents. */
const digest = (item: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(item) ?? '')
    .digest('base64url')

const isWelcome = (item: KfItem, now: Date): boolean =>
  item.kind === 'kf/enter_session' && Boolean(item.event.welcome_code) && now.getTime() - item.at.getTime() < welcomeMs
