import type { Roster } from '../../routing/model.ts'
import type { Arrival } from '../arrival/arrival.ts'
import type { EventKind, Events } from '../events.ts'
import { closedUntil } from './make-turn.ts'
import { managerOf, overseersOf, supervisorOf } from './people.ts'
import type { ActiveRules } from '../rules.ts'
import type { Turn } from './turn.ts'
import { sayWords, tellWords } from '../words/words.ts'
import type { WordsFile } from '../words/words-file.ts'

export type AccountGround = {
  arrival: Arrival
  now: Date
  roster: Roster
  active: ActiveRules
  words: WordsFile
} & Pick<Turn, 'task' | 'todo'>

/** A turn about an account or an RM: whatever asks for a customer or a conversation gets an error that says so. */
export const makeAccountTurn = ({ arrival, now, roster, active, words, task, todo }: AccountGround): Turn => {
  const nobody = (): never => {
    throw new Error(`${arrival.kind} concerns no conversation of a customer: there is none to route or to answer`)
  }
  return {
    task,
    todo,
    kind: arrival.kind as EventKind,
    event: arrival.event as Events[EventKind],
    msgid: arrival.msgid,
    at: arrival.at,
    now,
    account: { openKfId: arrival.openKfId ?? '', name: '' },
    get customer() {
      return nobody()
    },
    get conversation() {
      return nobody()
    },
    inConversation: false,
    closedUntil: closedUntil(active, now),
    get staff() {
      return nobody()
    },
    repliesLeft: 0,
    repliesUntil: '',
    late: false,
    firstReply: () => null,
    content: '',
    message: '',
    ahead: 0,
    expected: nobody,
    waited: '',
    contact: null,
    contacts: [],
    change: null,
    origin: null,
    entry: null,
    group: null,
    greeting: null,
    welcomed: false,
    route: nobody,
    routeTo: nobody,
    get invitation() {
      return nobody()
    },
    manager: (userid) => managerOf(roster, userid),
    obstacleOf: nobody,
    barrierTo: nobody,
    supervisorOf: (userid) => supervisorOf(roster, userid),
    overseers: () => overseersOf(roster),
    reason: nobody,
    opening: nobody,
    say: (key, values) => sayWords(words, key, values),
    tell: (key, values) => tellWords(words, key, values),
  }
}
