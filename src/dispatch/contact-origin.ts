/** Who a `state` belongs to that came back with an add: what was offered to whom, and where. */
export type ContactOrigin = {
  channel: string | null
  invitation: { id: string; via: string; conversationId: string | null } | null
}
/** `state` is null when WeCom gave none: an invitation may explain the add all the same. */
export type ReadOrigin = (ask: {
  state: string | null
  externalUserId: string
  rm: string
  at: Date
}) => Promise<ContactOrigin | null>
