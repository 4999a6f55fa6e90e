/**
 * A callback that we do not take: 400 when it cannot be read, 403 when it is not from WeCom, not for us or altered.
 * `reason` is for counters and logs only: every cause of one status must look the same to the sender.
 */
export class CallbackRefused extends Error {
  readonly status: 400 | 403
  readonly reason: string

  constructor(status: 400 | 403, reason: string) {
    super(`callback refused: ${reason}`)
    this.name = 'CallbackRefused'
    this.status = status
    this.reason = reason
  }
}
