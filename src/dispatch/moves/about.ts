import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'

/** What the RM may call him before he knows better. */
export const customerName = (turn: Pick<Turn, 'customer'>): string =>
  turn.customer.firmName ?? turn.customer.name ?? (turn.customer.known ? '老客户' : '新访客')

/** Who it is and what he wants, as cards and notices say it. */
export const aboutCustomer = <Kind extends EventKind>(turn: Turn<Kind>) => ({
  customer: customerName(turn),
  kind: turn.customer.kind === 'sme' ? '小微企业' : '个人',
  account: turn.account.name,
  content: turn.content,
})
