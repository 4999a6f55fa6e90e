/** How badly callbacks travel. Times are real milliseconds; WeCom publishes none but the 5 s and the three tries. */
export type Knobs = {
  /** No callback at all, as it happened to others for days: only polling finds the messages. */
  stopped: boolean
  dropPercent: number
  duplicatePercent: number
  /** Each callback starts after a time between these two. */
  delayMs: [least: number, most: number]
  /** So many of 100 start up to `reorderMs` later still, behind younger ones. */
  reorderPercent: number
  reorderMs: number
  /** News of one account within this time share one callback; 0 is one callback each. */
  mergeMs: number
  timeoutMs: number
  tries: number
  retryAfterMs: number
  /** Callbacks under way at once. */
  parallel: number
}

export const defaultKnobs = (): Knobs => ({
  stopped: false,
  dropPercent: 0,
  duplicatePercent: 0,
  delayMs: [0, 0],
  reorderPercent: 0,
  reorderMs: 0,
  mergeMs: 0,
  timeoutMs: 5000,
  tries: 3,
  retryAfterMs: 1000,
  parallel: 64,
})
