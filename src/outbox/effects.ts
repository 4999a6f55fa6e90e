/**
 * What leaves the house. Each kind is one WeCom call; `payload` is all that the call needs, so that a stored row can be
 * carried out by any process at any later time.
 */
export type Errands = {
  /** `by`: the RM whose words these are; `failed` is what he is told when they do not arrive. */
  'kf/send_msg': { openKfId: string; to: string; words: Words; by?: { rm: string; failed: string } }
  /** A message bound to a one-time code; `code` is filled in by the errand before it when it made the code. */
  'kf/send_msg_on_event': { openKfId: string; to: string; code: string; words: Words; invite?: Invite }
  /** Invites the customer to add an RM: a message of the bot, `slots` of the five at most. */
  'kf/invite': { openKfId: string; to: string; invite: Invite; slots: number }
  /** Asks the servicer who has the session to recommend his card. */
  'kf/upgrade': { openKfId: string; to: string; invite: Invite }
  /** `told`: whoever has heard already that `rm` has him; he hears of it when WeCom refuses. */
  'kf/trans': { openKfId: string; externalUserId: string; state: 1 | 2 | 3 | 4; rm: string | null; told?: string }
  /** `more`: later texts to him that were gathered behind this one, in their order, because he has had many. */
  'message/send': { rm: string; text: string; more?: string[] }
  /**
   * A template card with buttons; `task` names what the buttons are about and comes back with a click. One with a `digest` may
   * wait for others: when he has had many, those that wait behind it become `more`, and all of them are one text.
   */
  'message/card': { rm: string; card: ActionCard; digest?: Digest; more?: MoreCards }
  /** Greys a card's buttons after one was used; a code works once, within 72 h. */
  'message/update_card': { rm: string; code: string; replaceName: string }
  /** Who has this customer as a contact, and what WeCom tells of each. */
  'contact/read': { externalUserId: string }
  /** Who is in this customers' group, and whose it is. */
  'group/read': { chatId: string }
  /** Greys the cards about this row's conversation that still stand open, with the codes that sending them gave; of this RM, or of everybody. */
  'message/grey_cards': { rm: string | null; matters: string[]; replaceName: string }
  'kf/profile': { openKfId: string; externalUserId: string }
  /** A new contact's welcome by its code, in the RM's name; `codeAt` as ISO 8601. */
  'contact/welcome': {
    externalUserId: string
    rm: string
    half: boolean
    codeAt: string
    code: string
    rule: string
    text: string | null
    attachments: readonly WelcomeAttachment[]
  }
  /** Asks how many customers are left of the acquisition links' quota. */
  'contact/quota': object
}
export type ErrandKind = keyof Errands

/** What a card is as one line of a list, and the words around that list with `{count}` and `{list}` in them. */
export type Digest = { line: string; words: string }
/** Later cards of the same words that were gathered behind one: how many, and the lines of the first of them. */
export type MoreCards = { count: number; lines: string[] }

/** What an RM can decide with one tap (template_card of type button_interaction). */
export type ActionCard = {
  /** Begins with the matter, ends with the time, parts between `@`: `offer@<account>@<customer>@<time>`. At most 128 bytes. */
  task: string
  title: string
  desc?: string
  /** A few lines below the title, at most 160 characters. */
  text?: string
  lines: { name: string; value: string }[]
  /** A list to choose from; what was chosen comes with the tap on any button. */
  selection?: { key: string; title: string; options: { id: string; text: string }[]; selected: string }
  buttons: { key: string; text: string; style: 1 | 2 | 3 | 4 }[]
}

/**
 * An invitation to add an RM. `id` and `state` (what its link carries) are filled in when it is stored; one that must not be
 * sent is never stored, and whatever would have carried it goes without it.
 */
export type Invite = {
  id: string
  state: string
  rm: string
  by: 'rule' | 'after-service' | 'rm' | 'customer'
  /** In the order in which they are tried. */
  ways: readonly ('acquisition-link' | 'contact-way' | 'upgrade')[]
  words: InviteWords
}
/** `toManager` is what an RM reads beside the card that he is asked to send. */
export type InviteWords = { head: string; button: string; decline: string; toManager: string }

/** One of these; files are names in config/media/. */
export type WelcomeAttachment = {
  image?: string | undefined
  video?: string | undefined
  file?: string | undefined
  link?: { title: string; url: string; desc?: string | undefined; picture?: string | undefined } | undefined
  miniprogram?: { title: string; appid: string; page: string; cover: string } | undefined
}

/** Words for a customer: plain text, or a menu whose items he can tap. */
export type Words = { text: string } | { menu: Menu }
/** What was said in the end; `caLink` is shown as an RM's business card. */
export type Said = Words | { caLink: string }
export type Menu = { head?: string; items: MenuItem[]; tail?: string }
export type MenuItem = { id: string; text: string } | { url: string; text: string }

export type Errand = {
  [Kind in ErrandKind]: {
    kind: Kind
    /** Order is kept per subject: the customer for what he sees, `rm:<userid>` for what an RM sees. */
    subject: string
    /** 0 welcomes, 1 what people wait for, 2 readings, 3 profiles: each has places of its own. */
    lane: 0 | 1 | 2 | 3
    payload: Errands[Kind]
    /** After this it would be wrong to send it (a code that has run out); it is then marked expired. */
    notAfter?: Date
    /** What follows once this one has succeeded, in the same transaction as its success. */
    then?: Errand[]
  }
}[ErrandKind]
