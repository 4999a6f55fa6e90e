/** How a task ended, with the words for it. */
export const outcomes = {
  contacted: '已联系',
  appointed: '约定再联系',
  unreachable: '无法联系',
  declined: '无意向',
  won: '成交',
} as const
export type TaskOutcome = keyof typeof outcomes
export const outcomeKeys = Object.keys(outcomes) as [TaskOutcome, ...TaskOutcome[]]
/** Whether a text is one of the outcomes' keys. */
export const isOutcome = (text: string): text is TaskOutcome => Object.hasOwn(outcomes, text)

/**
 * `left-message`: a customer wrote when nobody was there. `call-back`: he would like to be called. Both end with the RM's next
 * answer to him. `follow-up`: anything else that somebody means to do.
 */
export const taskKinds = ['left-message', 'call-back', 'follow-up'] as const
export type TaskKind = (typeof taskKinds)[number]
/** The kinds of tasks that come from conversations, as people call them. */
export const kindNames: Record<TaskKind, string> = {
  'left-message': '客户留言',
  'call-back': '请求回电',
  'follow-up': '跟进',
}
export const taskStates = ['open', 'done', 'cancelled'] as const
export type TaskState = (typeof taskStates)[number]

/** Who makes tasks: a rule of routing, a handler, an RM, or the bank over the API (an admin, a supervisor, a program). */
export const makers = ['rule', 'handler', 'rm', 'admin'] as const
export type Maker = (typeof makers)[number]

/** Work that an RM has with a customer, or for himself. */
export type Task = {
  id: string
  kind: TaskKind
  state: TaskState
  title: string
  /** Whose it is; null until somebody is found for it. */
  rm: string | null
  rmName: string | null
  /** His deputy while he is off duty: it is on the deputy's list then. */
  standIn: string | null
  deputy: string | null
  customerId: string | null
  externalUserId: string | null
  customerName: string | null
  conversationId: string | null
  /** Of that conversation: while it is open, the first-reply guarantee and the queue see to it. */
  conversationStatus: string | null
  dueAt: Date
  /** The reminder that he put off; null when he did not. */
  snoozedUntil: Date | null
  snoozed: number
  remindedAt: Date | null
  /** Whose the customer is. */
  customerOwner: string | null
  /** While it has nobody: who was considered when it was last sought, and when it was told that nobody was found. */
  search: object | null
  alarmedAt: Date | null
  outcome: TaskOutcome | null
  note: string | null
  createdBy: Maker
  creator: string | null
  createdAt: Date
  doneAt: Date | null
  doneBy: string | null
}

export type NewTask = {
  kind: TaskKind
  title: string
  dueAt: Date
  /** Null: the customer's owner, or else whoever gets the conversation. */
  rm: string | null
  externalUserId: string | null
  conversationId: string | null
  note: string | null
  createdBy: Maker
  creator: string | null
}
