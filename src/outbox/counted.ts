import type { Invite } from './effects.ts'
import { inviteOf, troubleOf, viaOf } from './invitation.ts'
import { timeOver, type OutboxRow, type Result } from './row.ts'

/** What became of an errand that operations watch. `seconds`: from WeCom's event to the welcome. */
export type Counted =
  | { what: 'welcome'; outcome: 'sent' | 'already' | 'missed'; reason: string; seconds: number }
  | { what: 'invitation'; outcome: 'sent' | 'failed'; by: Invite['by']; how: string }

/** Null for errands that are not counted, and for those that go on. */
export const countedOf = (row: OutboxRow, result: Result, now: Date): Counted | null => {
  if (result.end === 'again' || (result.end === 'expired' && result.instead)) return null
  if (row.kind === 'contact/welcome') return welcome(row as OutboxRow<'contact/welcome'>, result, now)
  const invite = inviteOf(row)
  return invite && invitation(result, invite)
}

const welcome = ({ payload }: OutboxRow<'contact/welcome'>, result: Result, now: Date): Counted => {
  const seconds = Math.max(0, (now.getTime() - new Date(payload.codeAt).getTime()) / 1000)
  const about = { what: 'welcome' as const, seconds }
  if (result.end !== 'done') return { ...about, outcome: 'missed', reason: whyMissed(result) }
  const { outcome } = result.answer as { outcome?: string }
  return { ...about, outcome: outcome === 'already' ? 'already' : 'sent', reason: '' }
}

/** `late`: we came too late; `code`: WeCom did not take the code any more (41050); `refused`: WeCom did not take the words. */
const whyMissed = (result: Result): 'late' | 'code' | 'refused' => {
  if (result.end !== 'expired' || result.refused) return 'refused'
  return result.reason === timeOver ? 'late' : 'code'
}

/** Closing words that went without their invitation have invited nobody. */
const invitation = (result: Result, { by }: Invite): Counted => {
  const via = viaOf(result)
  if (via) return { what: 'invitation', outcome: 'sent', by, how: via }
  return { what: 'invitation', outcome: 'failed', by, how: troubleOf(result) }
}
