import { clipChars } from '../../outbox/card-text.ts'
import { isFull } from '../../routing/eligible.ts'
import type { Decision } from '../../routing/model.ts'
import { aboutCustomer } from './about.ts'
import { sendCard, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'
import { listGaps } from '../words/words.ts'

/** Only for the moment he could not take it: whoever takes the customer all the same does so by his own wish. */
const mayPass = (reason: string | null): boolean =>
  reason !== null && (isFull(reason) || reason === 'daily-cap' || reason === 'not-receiving')

/**
 * Somebody begins to wait: his own RM hears of it, or else the one who is nearest to being free. One card per conversation, so
 * that a long queue does not ring everybody.
 */
export const askWhoCould = <Kind extends EventKind>(turn: Turn<Kind>, decision: Decision): Effect[] => {
  if (decision.outcome !== 'queued' || turn.conversation.status === 'queued') return []
  const could = decision.candidates.filter(({ excludedBy }) => mayPass(excludedBy))
  const { owner } = turn.customer
  const asked = could.find(({ rm }) => rm === owner) ?? could.find(({ excludedBy }) => isFull(excludedBy ?? ''))
  if (!asked) return []
  const reason = asked.rm === owner ? '您是归属客户经理' : `${turn.reason(decision)}，同事都在忙`
  const about = aboutCustomer(turn)
  const line = clipChars(`${about.customer}（${about.kind}）：${about.content}`, 48)
  const digest = { line, words: turn.tell('manager.queue_digest', listGaps) }
  return [sendCard(asked.rm, 'queue', { text: turn.tell('manager.queue', { ...about, reason }), digest })]
}
