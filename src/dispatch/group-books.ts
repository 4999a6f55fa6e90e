import type { Pool } from 'pg'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { Arrival } from './arrival.ts'

type GroupEvent = {
  ChatId: string
  UpdateDetail?: string
  MemChangeList?: string[]
  JoinScene?: string
  QuitScene?: string
}

/** External contacts begin with `wm` (WeChat) or `wo` (WeCom of another corp); a userid that does, too, is on the roster. */
const isCustomer = (id: string, staff: ReadonlyMap<string, unknown>): boolean =>
  /^w[mo]/.test(id) && !staff.has(id.toLowerCase())

/** One line for each customer who came into a group or left it. */
export const bookGroup = async (
  pool: Pool,
  arrival: Arrival,
  staff: ReadonlyMap<string, unknown>,
): Promise<NewTouchpoint[]> => {
  const event = arrival.event as GroupEvent
  const came = event.UpdateDetail === 'add_member'
  if (!came && event.UpdateDetail !== 'del_member') return []
  const ids = [...new Set(event.MemChangeList)].filter((id) => isCustomer(id, staff))
  if (ids.length === 0) return []
  const { rows } = await pool.query<{ external_userid: string; id: string; channel: string | null }>(
    'select external_userid, id, channel from customers where external_userid = any($1)',
    [ids],
  )
  const known = new Map(rows.map((row) => [row.external_userid, row]))
  const scene = came ? event.JoinScene : event.QuitScene
  return ids.map((id) => ({
    at: arrival.at,
    kind: came ? 'group.joined' : 'group.left',
    externalUserId: id,
    customerId: known.get(id)?.id ?? null,
    channel: known.get(id)?.channel ?? null,
    sourceId: `${arrival.msgid}#${id}`,
    data: { chatId: event.ChatId, ...(scene && { scene }) },
  }))
}
