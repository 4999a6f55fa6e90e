/** Who a `state` belongs to that came back with an add: what was offered to whom, and where. */
export type ContactOrigin = {
  channel: string | null
  invitation: { id: string; via: string; conversationId: string | null } | null
}
export type ReadOrigin = (ask: { state: string; externalUserId: string; rm: string }) => Promise<ContactOrigin | null>
