import type { Ground, Person } from './booking/draft.ts'
import { makeAccountTurn, type AccountGround } from './turn/account-turn.ts'
import type { Arrival } from './arrival/arrival.ts'
import { noChanges, type Changes } from './changes.ts'
import { bookContact, stepOf, type ContactEvent } from './arrival/contact-books.ts'
import { gatherTasks } from './gather/gather-tasks.ts'
import { gatherContact, type GatheredContact } from './gather/gather-contact.ts'
import { greetingFor } from './welcome/greeting.ts'
import { handlerFor } from './handler-for.ts'
import { managerOf } from './turn/people.ts'
import type { Step } from './contact.ts'
import type { ContactOrigin } from './contact-origin.ts'
import type { Greeting } from './welcome/welcome-choice.ts'
import { plan } from './booking/plan.ts'
import type { Desk, Prepared } from './prepare.ts'
import { staffTurn } from './staff/staff-turn.ts'
import type { Turn } from './turn/turn.ts'

/** An event about an account, an RM, the tags or the acquisition links: about no customer of its own. */
export const prepareAccount = async (desk: Desk, arrival: Arrival): Promise<Prepared> => {
  const handler = handlerFor(desk.handlers, arrival)
  const ground = await accountGround(desk, arrival)
  if (!handler) return { changes: noChanges(), doubtful: false, ignored: true }
  const effects = await handler.handle(await staffTurn(desk.pool, ground))
  return { changes: plan(effects, planGround(ground)), doubtful: false, ignored: false }
}

/** An event about a customer and the RM who has, had or gets him as a contact: no account, no conversation. */
export const prepareContact = async (desk: Desk, arrival: Arrival): Promise<Prepared> => {
  const handler = desk.handlers.get(arrival.kind)
  const event = arrival.event as ContactEvent
  const { UserID: rm = '', State: state = null } = event
  const { at } = arrival
  const gathered = await gatherContact(desk.pool, { externalUserId: arrival.externalUserId as string, rm, at })
  const step = stepOf({ arrival, gathered })
  const adds = step?.change === 'added' || state !== null
  const origin = adds
    ? await desk.readOrigin({ state, rm, at, externalUserId: gathered.customer.externalUserId })
    : null
  const books = bookContact({ arrival, gathered, origin }, step)
  if (!handler) return { changes: { ...noChanges(), ...books }, doubtful: false, ignored: true }

  const ground = await accountGround(desk, arrival)
  const turn = withContact(makeAccountTurn(ground), {
    customer: gathered.customer,
    entry: gathered.entry,
    origin,
    welcomed: gathered.welcomed,
    greeting: greetingIn(desk, { ground, gathered, origin, step }),
    contact: step?.contact ?? null,
    contacts: contactsAfter(gathered, step?.contact),
    change: step?.change ?? null,
  })
  const effects = await handler.handle(turn)
  const person = {
    externalUserId: gathered.customer.externalUserId,
    customerId: gathered.customer.id,
    channel: gathered.customer.channel,
    rm: rm || null,
    owner: gathered.customer.owner,
  }
  return { changes: withBooks(plan(effects, planGround(ground, person)), books), doubtful: false, ignored: false }
}

export const accountGround = async (desk: Desk, arrival: Arrival): Promise<AccountGround> => {
  const ground = { now: desk.now(), roster: await desk.roster.recent(), active: desk.rules() }
  const tasks = await gatherTasks(arrival, { ...ground, pool: desk.pool })
  return { ...ground, ...tasks, arrival, words: desk.words }
}

const contactsAfter = ({ contacts }: GatheredContact, changed: GatheredContact['contacts'][number] | undefined) =>
  changed ? [...contacts.filter(({ rm }) => rm !== changed.rm), changed] : contacts

type Facts = { ground: AccountGround; gathered: GatheredContact; origin: ContactOrigin | null; step: Step | null }
/** Only where there is a code to answer. */
const greetingIn = (desk: Desk, { ground: { arrival, now, roster }, ...about }: Facts): Greeting | null => {
  const event = arrival.event as ContactEvent & { WelcomeCode?: string }
  if (!event.WelcomeCode || !event.UserID) return null
  const manager = managerOf(roster, event.UserID)
  return greetingFor({
    choose: desk.chooseWelcome,
    active: desk.rules(),
    now,
    kind: arrival.kind,
    event,
    manager,
    ...about,
  })
}

type About = Pick<Turn, 'customer' | 'contact' | 'contacts' | 'change' | 'origin' | 'entry' | 'greeting' | 'welcomed'>
/** The account's turn refuses to name a customer; here there is one. */
const withContact = (turn: Turn, about: About): Turn =>
  Object.defineProperties(
    turn,
    Object.fromEntries(Object.entries(about).map(([name, value]) => [name, { value, enumerable: true }])),
  )

export const planGround = ({ arrival, now }: AccountGround, person?: Person): Ground => ({
  conversation: null,
  ...(person && { person }),
  openKfId: arrival.openKfId ?? '',
  now,
  at: arrival.at,
  repliesLeft: 0,
  newCustomer: false,
  firstReply: () => null,
  urgency: () => ({ ageing: 1, respondBy: null }),
  offerUntil: now,
  followUp: () => null,
  opensAt: () => null,
})

export const withBooks = (changes: Changes, books: Partial<Changes>): Changes => ({
  ...changes,
  contact: books.contact ?? changes.contact,
  group: books.group ?? changes.group,
  channel: books.channel ?? changes.channel,
  touchpoints: [...(books.touchpoints ?? []), ...changes.touchpoints],
})
