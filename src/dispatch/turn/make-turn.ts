import { clipChars } from '../../outbox/card-text.ts'
import { decide } from '../../routing/decide.ts'
import type { Decision, Roster } from '../../routing/model.ts'
import { storable } from '../../routing/question.ts'
import type { Arrival } from '../arrival/arrival.ts'
import type { Conversation } from '../conversation.ts'
import { describeMessage } from '../arrival/describe.ts'
import type { EventKind, Events } from '../events.ts'
import { sayExpected } from './expected.ts'
import type { Gathered } from '../gather/gather.ts'
import { barrierTo, byRelay, obstacleInWords } from './obstacle.ts'
import { managerOf, overseersOf, supervisorOf } from './people.ts'
import { questionIn } from '../gather/question.ts'
import { repliesPerWindow, windowMs } from './window.ts'
import { reasonOf, sayDuration } from './reason.ts'
import { sayTime } from '../words/say-time.ts'
import type { ActiveRules } from '../rules.ts'
import type { Turn } from './turn.ts'
import { sayWords, tellWords } from '../words/words.ts'
import type { WordsFile } from '../words/words-file.ts'

const lateMs = 30 * 60_000

export type TurnGround = {
  arrival: Arrival
  gathered: Gathered
  conversation: Conversation
  openKfId: string
  now: Date
  roster: Roster
  active: ActiveRules
  words: WordsFile
  ahead: number
  /** How many conversations of the queue were served in the last half hour. */
  servedLately: number
  lastText: string | null
  /** Hears whom the rules have chosen, before anybody else asks them. */
  chosen: (decision: Decision) => void
  /** Hears that a named RM cannot have it: the roster may be stale. */
  hindered: () => void
}

/** Puts an arrival and its facts together as handlers see them. */
export const makeTurn = (ground: TurnGround): Turn => {
  const { arrival, gathered, conversation, now, active, words, roster } = ground
  const decisions = new Map<string, Decision>()
  return {
    kind: arrival.kind as EventKind,
    event: arrival.event as Events[EventKind],
    msgid: arrival.msgid,
    at: arrival.at,
    now,
    customer: gathered.customer,
    account: { openKfId: ground.openKfId, name: gathered.accountName },
    conversation,
    get staff(): never {
      throw new Error(`${arrival.kind} is about a customer, not about somebody in the app's chat`)
    },
    inConversation: gathered.conversation !== null,
    task: null,
    todo: { tasks: [], count: 0 },
    closedUntil: closedUntil(active, now),
    repliesLeft: repliesLeft(ground),
    repliesUntil: repliesUntil(ground),
    late: now.getTime() - arrival.at.getTime() > lateMs,
    firstReply: (rule) => active.firstReply(now, rule),
    invitation: active.rules.invitation,
    content: clipChars(arrival.sort === 'message' ? messageOf(arrival) : (ground.lastText ?? ''), 80),
    message: messageOf(arrival),
    ahead: ground.ahead,
    expected: (decision) => sayExpected(decision, { ...ground, rules: active.rules }),
    waited: sayDuration(now.getTime() - (conversation.assignedAt ?? conversation.openedAt).getTime()),
    route: ({ excluded = {} } = {}) => {
      const key = JSON.stringify(excluded)
      const decision = decisions.get(key) ?? decided(ground, excluded)
      decisions.set(key, decision)
      return decision
    },
    routeTo: (rm, reason) => namedDecision(ground, rm, reason),
    contact: null,
    contacts: [],
    change: null,
    origin: null,
    entry: null,
    group: null,
    greeting: null,
    welcomed: false,
    manager: (userid) => managerOf(roster, userid),
    obstacleOf: (userid) => heard(ground, obstacleInWords(ground, userid)),
    barrierTo: (userid) => heard(ground, barrierTo(ground, userid)),
    supervisorOf: (userid) => supervisorOf(roster, userid),
    overseers: () => overseersOf(roster),
    reason: (decision) => reasonOf(decision, active.poolName),
    opening: (decision) => active.opening(decision, now),
    say: (key, values) => sayWords(words, key, values),
    tell: (key, values) => tellWords(words, key, values),
  }
}

const heard = <Found>({ hindered }: TurnGround, found: Found | null): Found | null => {
  if (found !== null) hindered()
  return found
}

/** What the bot may still send: WeCom counts from the customer's last message, which may be this one. */
export const repliesLeft = ({ arrival, gathered, now }: Pick<TurnGround, 'arrival' | 'gathered' | 'now'>): number => {
  const { lastCustomerAt, sentSince } = gathered.chat
  if (arrival.sort === 'message') return now.getTime() - arrival.at.getTime() < windowMs ? repliesPerWindow : 0
  if (!lastCustomerAt || now.getTime() - lastCustomerAt.getTime() >= windowMs) return 0
  return Math.max(0, repliesPerWindow - sentSince)
}

export const closedUntil = (active: ActiveRules, now: Date): Date | null => {
  const opens = active.opensFrom(now)
  return opens > now ? opens : null
}

const repliesUntil = ({ arrival, gathered }: TurnGround): string => {
  const since = arrival.sort === 'message' ? arrival.at : gathered.chat.lastCustomerAt
  return since ? sayTime(new Date(since.getTime() + windowMs)) : ''
}

const messageOf = (arrival: Arrival): string =>
  arrival.sort === 'message' ? (describeMessage(arrival.type as string, arrival.body) ?? '') : ''

/** The decision keeps its question: it can be repeated later, with the same rules or with others. */
const decided = (ground: TurnGround, excluded: Record<string, string>): Decision => {
  const { arrival, gathered, conversation, openKfId, roster, active, now } = ground
  const message = arrival.sort === 'message' ? arrival.facts : null
  const question = questionIn({ gathered, conversation, openKfId, message, excluded })
  const decision = Object.assign(decide({ question, roster, rules: active.rules, now }), { asked: storable(question) })
  ground.chosen(decision)
  return decision
}

const namedDecision = (ground: TurnGround, rm: string, reason: string): Decision => {
  const known = ground.roster.rms.get(rm)
  return {
    outcome: 'assigned',
    rule: 'admin',
    ruleName: '人工指派',
    rm,
    step: 0,
    stepSince: ground.now,
    stepUntil: null,
    pool: null,
    units: ground.conversation.units,
    work: ground.conversation.work,
    mayExceed: true,
    ...(known && byRelay(ground, known) && { relay: true }),
    priority: ground.conversation.priority,
    waitingReason: null,
    steps: [
      { to: `rm:${rm}`, pool: null, result: `人工指派：${reason}`, waitedSeconds: 0, code: 'assigned', excluded: {} },
    ],
    rules: [],
    candidates: [{ rm, eligible: true, excludedBy: null, load: known?.load ?? 0, capacity: known?.capacity ?? 0 }],
    facts: ground.conversation.facts as Decision['facts'],
  }
}
