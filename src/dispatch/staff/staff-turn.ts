import type { Pool } from 'pg'
import { makeAccountTurn, type AccountGround } from '../turn/account-turn.ts'
import type { Arrival } from '../arrival/arrival.ts'
import type { Turn } from '../turn/turn.ts'
import { readCommand } from './command.ts'
import { gatherStaff } from './gather-staff.ts'

/** About an account, or about somebody of the bank in the app's chat: then with who he is and what his answer needs. */
export const staffTurn = async (pool: Pool, ground: AccountGround): Promise<Turn> => {
  const turn = makeAccountTurn(ground)
  const ask = askOf(ground.arrival)
  if (!ask) return turn
  const staff = await gatherStaff(pool, { ...ask, now: ground.now, roster: ground.roster })
  return Object.defineProperty(turn, 'staff', { value: staff })
}

type StaffEvent = { FromUserName?: string; Content?: string; EventKey?: string }

/** The keys of the app's menu, as it is set up in the console (docs/operations.md); a key may also be the command itself. */
const menu: Record<string, string> = {
  today: '今日',
  tasks: '待办',
  busy: '忙碌',
  free: '空闲',
  invite: '邀请',
  help: '帮助',
}

/** Who it is and what he wants; null for events that come from nobody. */
const askOf = ({ kind, event }: Arrival) => {
  const { FromUserName: userid, Content: content, EventKey: key } = event as StaffEvent
  if (!kind.startsWith('app/') || !userid) return null
  const written = kind === 'app/text' ? content : kind === 'app/click' ? (menu[key ?? ''] ?? key) : ''
  return { userid, command: readCommand(written ?? '') }
}
