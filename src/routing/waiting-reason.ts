import { isFull } from './eligible.ts'
import type { WaitingReason } from './model.ts'
import type { Walked } from './walk.ts'

/**
 * Why nobody has the conversation yet, in the one word that tells an admin what would help. Somebody who is merely full
 * anywhere means `all-full` (never "nobody there"); otherwise the widest ring that has members speaks for all.
 */
export function waitingReasonOf(walked: Walked[]): WaitingReason {
  const rings = walked.map(({ ring }) => ring).filter(({ members }) => members > 0)
  if (rings.some(({ excluded }) => Object.keys(excluded).some((reason) => isFull(reason) || reason === 'daily-cap')))
    return 'all-full'
  const widest = rings.at(-1)
  return widest ? reasonIn(widest.excluded) : 'no-member'
}

function reasonIn(excluded: Record<string, number>): WaitingReason {
  if (excluded['outside-hours']) return 'outside-hours'
  if (excluded['off-duty'] || excluded['not-receiving']) return 'nobody-on-duty'
  if (excluded['no-licence']) return 'no-licence'
  const refused = Object.keys(excluded).some((reason) => reason.startsWith('excluded:refused'))
  return refused ? 'wecom-refused' : 'nobody-on-duty'
}
