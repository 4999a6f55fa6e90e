import type { NewEvent } from '../inbox/events.ts'
import type { KnownCallback } from '../wecom/events.ts'

/** What the inbox keeps of a change in 客户联系, apart from key and time. */
export const ofContact = ({ kind, event }: KnownCallback): Pick<NewEvent, 'kind' | 'subject' | 'lane' | 'payload'> => ({
  kind,
  subject: subjectOf(kind, event),
  lane: laneOf(kind, event),
  payload: { change: event },
})

/** Whose order counts: a customer's contacts stay in line with his messages, the rest with their own kind. */
const subjectOf = (kind: string, event: object): string => {
  if ('ExternalUserID' in event && event.ExternalUserID) return String(event.ExternalUserID)
  if ('ChatId' in event) return `group:${String(event.ChatId)}`
  return kind.startsWith('tag/') ? 'tags' : 'acquisition'
}

/** A welcome code dies 20 s after its event: it overtakes everything. Edits come in thousands and may wait. */
const laneOf = (kind: string, event: object): NewEvent['lane'] => {
  if ('WelcomeCode' in event && event.WelcomeCode) return 0
  return kind === 'contact/edit_external_contact' ? 2 : 1
}
