/**
 * Where WeCom's documents are silent or contradict what people saw, a switch decides. Defaults follow the documents;
 * numbers marked "invented" are ours, because WeCom publishes none.
 */
export type Settings = {
  /** `documented`: session changes that no document lists get 95016. `lenient`: those that are only rumoured work. */
  mode: 'documented' | 'lenient'
  /** State after a customer's first message: 0 as documented; 2 or 3 as some corps saw it. */
  firstState: 0 | 2 | 3
  /** An API message in state 0 hands the session to the smart assistant (state 1). */
  autoAssistantOnSend: boolean
  /** Sessions end after 48 h without a customer's message. */
  endAfter48h: boolean
  /** Messages bound to a code use up the five, too. */
  eventMessagesCount: boolean
  /** At most this many items a page; null is WeCom's own limit. */
  shortPage: number | null
  /** That many of the next pages come empty, with has_more 1. */
  emptyPages: number
  /** sync_msg without a token, per account and minute (invented). */
  tokenlessPerMinute: number
  /** batchget and externalcontact answers carry unionid. */
  unionidBound: boolean
  /** account/add needs one account that the admin made (seen by others). */
  addNeedsAccount: boolean
  /** Wrong secrets before the caller is blocked for an hour (invented). */
  wrongSecretsAllowed: number
  /** Application messages to one member per minute; more are dropped without a word. */
  staffPerMinute: number
  /** Numbers that WeCom does not publish: no app may depend on them. */
  errcodes: { duplicateMsgid: number; badCode: number; missingAccount: number; badCursor: number }
}

export const defaultSettings = (): Settings => ({
  mode: 'documented',
  firstState: 0,
  autoAssistantOnSend: true,
  endAfter48h: true,
  eventMessagesCount: false,
  shortPage: null,
  emptyPages: 0,
  tokenlessPerMinute: 10,
  unionidBound: true,
  addNeedsAccount: true,
  wrongSecretsAllowed: 20,
  staffPerMinute: 30,
  errcodes: { duplicateMsgid: 40058, badCode: 40058, missingAccount: 40058, badCursor: 40058 },
})
