/**
 * What leaves the house. Each kind is one WeCom call; `payload` is all that the call needs, so that a stored row can be
 * carried out by any process at any later time.
 */
export type Errands = {
  'kf/send_msg': { openKfId: string; to: string; words: Words }
  /** A message bound to a one-time code; `code` is filled in by the errand before it when it made the code. */
  'kf/send_msg_on_event': { openKfId: string; to: string; code: string; words: Words }
  'kf/trans': { openKfId: string; externalUserId: string; state: 1 | 2 | 3 | 4; rm: string | null }
  'message/send': { rm: string; text: string }
  /** A template card with buttons; `task` names what the buttons are about and comes back with a click. */
  'message/card': { rm: string; card: ActionCard }
  /** Greys a card's buttons after one was used; a code works once, within 72 h. */
  'message/update_card': { rm: string; code: string; replaceName: string }
  'kf/profile': { openKfId: string; externalUserId: string }
}
export type ErrandKind = keyof Errands

/** What an RM can decide with one tap (template_card of type button_interaction). */
export type ActionCard = {
  task: string
  title: string
  desc?: string
  lines: { name: string; value: string }[]
  buttons: { key: string; text: string; style: 1 | 2 | 3 | 4 }[]
}

/** Words for a customer: plain text, or a menu whose items he can tap. */
export type Words = { text: string } | { menu: Menu }
export type Menu = { head?: string; items: MenuItem[]; tail?: string }
export type MenuItem = { id: string; text: string } | { url: string; text: string }

export type Errand = {
  [Kind in ErrandKind]: {
    kind: Kind
    /** Order is kept per subject: the customer for what he sees, `rm:<userid>` for what an RM sees. */
    subject: string
    lane: 0 | 1 | 2
    payload: Errands[Kind]
    /** After this it would be wrong to send it (a code that has run out); it is then marked expired. */
    notAfter?: Date
    /** What follows once this one has succeeded, in the same transaction as its success. */
    then?: Errand[]
  }
}[ErrandKind]
