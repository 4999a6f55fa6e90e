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
  | 'note.added'
  | 'contact.invited'
  | 'contact.added'
  | 'contact.lost'
  /** The RM has confirmed a customer who had added him alone. */
  | 'contact.confirmed'
  /** How they met, once WeCom has told it: an event does not. */
  | 'contact.described'
  /** The customer wrote to the RM (of acquisition links alone: WeCom tells it of no other). */
  | 'contact.chatted'
  | 'contact.transfer_failed'
  | 'contact.archive_agreed'
  | 'owner.changed'
  | 'group.joined'
  | 'group.left'
  | 'group.dismissed'
  | 'acquisition.opened'
  | 'acquisition.requested'
  | 'acquisition.trouble'
  /** Something that somebody should have been told, and there is nobody: see the integrity report. */
  | 'alarm.unheard'
  | 'identity.joined'
  | 'identity.conflict'
  | 'identity.undone'
  | 'task.created'
  | 'task.passed'
  | 'task.done'
  | 'task.cancelled'
  | 'customer.described'
  | 'rm.placed'
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
