import { customerName } from './about.ts'
import { bringTo } from './bring.ts'
import { exclude, greyCard, notify, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'

/** Why this RM no longer has the customer, as his card says it; null while he has him. */
export const holdsNoMore = <Kind extends EventKind>(turn: Turn<Kind>, rm: string): string | null => {
  const { status, rm: holder } = turn.conversation
  if (!turn.inConversation) return '会话已结束'
  return status === 'assigned' && holder === rm ? null : '已转给同事'
}

/**
 * He would take the customer, and WeCom would refuse him: he is told why. Whoever has only stopped receiving may tap again, so his
 * card stays as it is. Null when nothing is in the way.
 */
export const cannotTake = <Kind extends EventKind>(
  turn: Turn<Kind>,
  { rm, code }: { rm: string; code: string },
): Effect[] | null => {
  const barrier = turn.barrierTo(rm)
  if (!barrier) return null
  const customer = customerName(turn)
  if (barrier.why === 'stopped') return [notify(rm, turn.tell('rm.receive_first', { customer }))]
  return [notify(rm, turn.tell('rm.cannot_take', { customer, reason: barrier.words })), greyCard(rm, code, '未能接待')]
}

/** The RM is busy and a colleague gets his customer. With nobody else there he keeps him, is told so, and his card stays as it is. */
export const handOn = <Kind extends EventKind>(
  turn: Turn<Kind>,
  { rm, code }: { rm: string; code: string },
): Effect[] => {
  const moved = bringTo(turn, turn.route({ excluded: { [rm]: 'declined-busy' } }), '同事正忙')
  if (!moved) return [notify(rm, turn.tell('manager.kept', { customer: customerName(turn) }))]
  return [exclude(rm, 'declined-busy'), ...moved, greyCard(rm, code, '已转给同事')]
}
