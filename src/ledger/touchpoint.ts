/** The kinds of touchpoints; `app.*` are the institution's own, ingested. More come with features. */
export type TouchpointKind =
  | 'entry.opened'
  | 'message.received'
  | 'message.replied'
  | 'message.sent'
  | 'message.failed'
  | 'message.recalled'
  | 'conversation.routed'
  | 'conversation.queued'
  | 'conversation.offered'
  | 'conversation.transferred'
  | 'conversation.refused'
  | 'conversation.reminded'
  | 'conversation.escalated'
  | 'conversation.closed'
  | 'rating.given'
  | 'contact.invited'
  | 'contact.added'
  | 'contact.lost'
  | 'group.joined'
  | 'group.left'
  | 'identity.joined'
  | 'identity.conflict'
  | 'identity.undone'
  | `app.${string}`

/** One line of the ledger: who met whom, where and when. No message text and no personal data beyond ids belongs in `data`. */
export type NewTouchpoint = {
  at: Date
  kind: TouchpointKind
  externalUserId?: string | null
  customerId?: string | null
  channel?: string | null
  rm?: string | null
  conversationId?: string | null
  /** WeCom's msgid where there is one; the same source is recorded once. */
  sourceId?: string | null
  data?: Record<string, unknown>
}
