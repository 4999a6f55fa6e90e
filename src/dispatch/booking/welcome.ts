import type { Effect } from '../effects.ts'
import type { Draft } from './draft.ts'

/** WeCom counts a code's life from the event that brought it. */
const codeMs = 20_000

/** Answers a welcome code. A line of its own in the outbox: nothing else that waits for this customer may hold it up. */
export const bookWelcome = (draft: Draft, { code, half, greeting }: Extract<Effect, { effect: 'welcome' }>): void => {
  const { person, at } = draft.ground
  const { externalUserId, rm } = person ?? {}
  if (!externalUserId || !rm) throw new Error('a welcome needs the customer and the RM of a contact event')
  draft.welcome = { externalUserId, rm, half, rule: greeting.rule, codeAt: at }
  draft.errands.push({
    kind: 'contact/welcome',
    subject: `welcome:${rm}:${externalUserId}`,
    lane: 0,
    payload: { externalUserId, rm, half, codeAt: at.toISOString(), code, ...greeting },
    notAfter: new Date(at.getTime() + codeMs),
  })
}
