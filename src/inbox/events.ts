/** What the inbox holds of one event. `kind` is the handler's path, `subject` the customer (or other owner) whose order counts. */
export type NewEvent = {
  kind: string
  /** Unique for ever: WeCom's msgid, or a digest of a callback's XML, or a timer's key with its time. */
  key: string
  subject: string
  /** 0 overtakes everything (welcome codes live 20 s), 1 is normal, 2 may wait. */
  lane: 0 | 1 | 2
  payload: object
  occurredAt: Date
  /** `rung`: a doorbell, answered by the next pull. `ignored`: kept raw, nobody handles it. */
  state?: 'new' | 'rung' | 'ignored'
}

/** A claimed event: ours until its lease ends, as long as the fence is still the same. */
export type ClaimedEvent = {
  id: string
  kind: string
  key: string
  subject: string
  payload: Record<string, unknown>
  occurred_at: Date
  attempts: number
  fence: string
}
