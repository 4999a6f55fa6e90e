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
  /** 客户联系: who adds through a code or link that needs no confirming is a full contact at once (seen with some clients). */
  autoAccept: boolean
  /** Half-added customers are listed; else they are 84061. */
  halfListed: boolean
  /** Who deleted the member stays in the member's list. */
  lostStillListed: boolean
  /** Who comes back after deleting the member brings the state of the first time (reported by others). */
  staleStateBug: boolean
  /** Optional nodes of callbacks come empty instead of not at all. */
  emptyNodes: boolean
  /** Changes by API are told by callbacks, too: WeCom says that they are not. */
  apiEditsEmitEvents: boolean
  /** A customer who came by an acquisition link and deletes the member is told a second time, as customer_acquisition. */
  linkTellsDeletes: boolean
  /** groupchat/get shows a change only after so many milliseconds. */
  groupLagMs: number
  /** Events about a group's members come without the list and the versions, as they did before the end of 2023. */
  bareGroupEvents: boolean
  /** Calls of one 客户联系 API per minute (45009). */
  contactsPerMinute: number
  /** Calls of one API at the same time (45033); 5 of mark_tag were told by WeCom's staff. */
  atOnce: Record<string, number>
  contactWayCap: number
  tagCap: number
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
  autoAccept: false,
  halfListed: true,
  lostStillListed: true,
  staleStateBug: false,
  emptyNodes: false,
  apiEditsEmitEvents: false,
  linkTellsDeletes: false,
  groupLagMs: 0,
  bareGroupEvents: false,
  contactsPerMinute: 10_000,
  atOnce: { 'externalcontact/mark_tag': 5 },
  contactWayCap: 500_000,
  tagCap: 10_000,
  errcodes: { duplicateMsgid: 40058, badCode: 40058, missingAccount: 40058, badCursor: 40058 },
})
