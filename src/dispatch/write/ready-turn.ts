import type { Changes } from '../changes.ts'

/** Which claimed event these changes end. `finish: false` when more turns belong to the same event (a look at the queue); `ignored` when nobody handles its kind. */
export type Guard = { inboxId: string; fence: string; finish: boolean; ignored?: boolean }

/** A turn that is prepared, to be written. */
export type ReadyTurn = { changes: Changes; guard: Guard; now: Date; rulesetVersion: number; pauseAfter: number }

/** The same while it is written, with the numbers that the database gave it. */
export type NumberedTurn = ReadyTurn & { conversationId: string | null; decisionId: string | null }
