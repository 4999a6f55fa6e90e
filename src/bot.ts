/**
 * The one door for handlers: `on()` declares what happens on an event, the rest makes the effects that it answers with.
 * A handler is a function from an event and its facts to a list of effects; it cannot send, wait or store by itself.
 */
export { on } from './dispatch/turn/turn.ts'
export type { Customer, Manager, Turn } from './dispatch/turn/turn.ts'
export {
  accept,
  adopt,
  attention,
  close,
  dropTags,
  declineInvitations,
  duty,
  forgetLink,
  readQuota,
  exclude,
  finishTask,
  focusOn,
  forget,
  greet,
  greyCard,
  invite,
  later,
  leaveMessage,
  lastWords,
  managerReplied,
  messageStatus,
  addNote,
  notify,
  order,
  own,
  passTask,
  presence,
  readContact,
  readGroup,
  record,
  refreshContact,
  refreshGroup,
  refuse,
  relay,
  remind,
  reply,
  replyWithCode,
  resync,
  sendCard,
  settle,
  snoozeTask,
  soughtInVain,
  task,
  taskCard,
} from './dispatch/effects.ts'
export type { Effect } from './dispatch/effects.ts'
export { alarm } from './dispatch/moves/alarm.ts'
export { becomesOwner, ownerFollows } from './dispatch/moves/contact-owner.ts'
export { greetByHand, welcomeContact } from './dispatch/moves/welcoming.ts'
export { invitationAfterService, invitationAtOnce, invitationByWish, invitationTo } from './dispatch/moves/inviting.ts'
export { isOutcome, kindNames, outcomes } from './tasks/task.ts'
export { sayDate, sayDay } from './dispatch/business-day.ts'
export { assignmentWords, bring, bringAfterRefusal, bringOn, bringTo, bringWith } from './dispatch/moves/bring.ts'
export { obey, onlyWords } from './dispatch/staff/obey.ts'
export { cannotTake, handOn, holdsNoMore } from './dispatch/moves/hand-on.ts'
export { customerName } from './dispatch/moves/about.ts'
export { listGaps } from './dispatch/words/words.ts'
