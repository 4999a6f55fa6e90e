/** Who orders what: `by` is the caller's name, kept with the decision. */
type Order = { conversationId: string; reason: string; by: string }

/**
 * What a person may do to a conversation. The core carries it out, as it does with everything else that happens;
 * each resolves when it is done and rejects with `Refused` when it cannot be done.
 */
export type Commands = {
  assign(order: Order & { rm: string }): Promise<void>
  close(order: Order): Promise<void>
  reroute(order: Order): Promise<void>
}
