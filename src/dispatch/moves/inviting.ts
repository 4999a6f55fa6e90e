import { isFull } from '../../routing/eligible.ts'
import type { Decision } from '../../routing/model.ts'
import { invite, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import { withoutUpgrade, type Invitation } from '../booking/invite.ts'
import type { Turn } from '../turn/turn.ts'

/** An invitation to add this RM, in the bank's words and by its rules. Whether he may be invited is decided when it is stored. */
export const invitationTo = <Kind extends EventKind>(
  turn: Turn<Kind>,
  rm: string,
  by: Invitation['by'],
): Invitation => {
  const { ways, againDays, attributeDays } = turn.invitation
  const about = { manager: turn.manager(rm).name }
  return {
    rm,
    by,
    ways,
    againDays,
    attributeDays,
    words: {
      head: turn.tell(by === 'customer' ? 'customer.invitation_wished' : 'customer.invitation', about),
      button: turn.tell('customer.invitation_button', about),
      decline: turn.tell('customer.invitation_decline'),
      toManager: turn.tell('manager.invite_customer'),
    },
  }
}

type Given = Pick<Decision, 'outcome' | 'rm' | 'relay'> & { rule: string | null }
/**
 * With the decision that first gives him to an RM, where the rule says so: said while the bot may still speak, or by the RM
 * himself. Whoever is handed on from one RM to another is not invited again.
 */
export const invitationAtOnce = <Kind extends EventKind>(
  turn: Turn<Kind>,
  { outcome, rm, rule, relay }: Given,
): Effect[] => {
  const first = outcome === 'assigned' && turn.conversation.status !== 'assigned'
  if (!first || rm === null || turn.invitation.when(rule) !== 'at-once') return []
  const invitation = invitationTo(turn, rm, 'rule')
  return [invite(relay ? withoutUpgrade(invitation) : invitation)]
}

/** He would rather have a manager of his own than wait: he is invited to add the one whom he would get. */
export const invitationByWish = <Kind extends EventKind>(turn: Turn<Kind>): Effect[] => {
  const rm = turn.invitation.inUse ? likelyManager(turn) : null
  return rm === null ? [] : [invite(invitationTo(turn, rm, 'customer'))]
}

/** The RM whom he would get: his own, or else the first of those looked at who could have him but for the moment. */
const likelyManager = <Kind extends EventKind>(turn: Turn<Kind>): string | null => {
  const { customer, conversation } = turn
  const lasting = new Set([...customer.avoid, ...Object.keys(conversation.excluded)])
  if (customer.owner && !lasting.has(customer.owner)) return customer.owner
  const { rm, candidates } = turn.route()
  const passing = ({ excludedBy }: { excludedBy: string | null }) =>
    excludedBy === null || momentary.has(excludedBy) || isFull(excludedBy)
  return rm ?? candidates.find((one) => passing(one) && !lasting.has(one.rm))?.rm ?? null
}
/** Reasons that are over sooner or later; see `obstacle`. */
const momentary = new Set(['off-duty', 'not-receiving', 'outside-hours', 'daily-cap'])

/** What goes with the closing words: whoever was answered by an RM is invited to add him, unless the rule says never. */
export const invitationAfterService = <Kind extends EventKind>(turn: Turn<Kind>): Invitation | undefined => {
  const { status, rm, firstReplyAt, rule } = turn.conversation
  const served = status === 'assigned' && rm !== null && firstReplyAt !== null
  return served && turn.invitation.when(rule) !== 'never' ? invitationTo(turn, rm, 'after-service') : undefined
}
