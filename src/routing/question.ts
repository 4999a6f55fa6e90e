import type { AskedQuestion, Facts, Question } from './model.ts'

/** What is known when somebody is sought: of the customer, of his chat and his firm, and where the conversation stands. */
export type Matter = {
  openKfId: string
  facts: Facts
  /** `avoid`: RMs whom he shall not get. `known`: the bank has told us who this is. */
  customer: { owner: string | null; known: boolean; avoid: readonly string[] }
  /** Who served this chat last, and when. */
  chat: { lastRm: string | null; lastRmAt: Date | null }
  firm: { leadRm: string | null; coRms: readonly string[] } | null
  conversation: Stand & { externalUserId: string; openedAt: Date }
  /** RMs who are out by the event that asks (he has just missed it), beside those who were out before. */
  excluded?: Readonly<Record<string, string>>
}
type Stand = {
  status: string
  /** The bot passes the RM's words on. */
  relay?: boolean
  rule: string | null
  step: number
  stepSince: Date | null
  units: number
  excluded: Readonly<Record<string, string>>
}

/** The question that `decide` answers. Live decisions and dry runs are asked with this one function, so they cannot drift. */
export function questionOf({ openKfId, facts, customer, chat, firm, conversation, excluded = {} }: Matter): Question {
  return {
    seed: `${conversation.externalUserId}@${conversation.openedAt.toISOString()}`,
    openKfId,
    facts,
    owner: customer.owner,
    last: chat.lastRm,
    lastAt: chat.lastRmAt,
    firmLead: firm?.leadRm ?? null,
    firmTeam: firm?.coRms ?? [],
    newCustomer: !customer.known && chat.lastRm === null,
    ...(withPerson(conversation) && { withPerson: true }),
    units: conversation.units,
    excluded: new Map([
      ...customer.avoid.map((rm) => [rm, 'do-not-route'] as const),
      ...Object.entries({ ...conversation.excluded, ...excluded }),
    ]),
    progress: progressOf(conversation),
  }
}

/** An RM has the session in WeCom: it cannot go back to the bot. */
export function withPerson({ status, relay = false }: Pick<Stand, 'status' | 'relay'>): boolean {
  return status === 'assigned' && !relay
}

/** Stored facts without what the clock said when they were stored: each decision asks the clock anew. */
export function withoutTime(facts: Readonly<Record<string, unknown>>): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !name.startsWith('time.'))) as Facts
}

/** The question without its facts, which the decision has anyway, in a form that JSON can hold. */
export function storable({ facts: _, lastAt, firmTeam, excluded, progress, ...rest }: Question): AskedQuestion {
  return {
    ...rest,
    lastAt: lastAt?.toISOString() ?? null,
    firmTeam: [...(firmTeam ?? [])],
    newCustomer: rest.newCustomer === true,
    excluded: Object.fromEntries(excluded),
    progress: progress && { ...progress, since: progress.since.toISOString() },
  }
}

/** The opposite of `storable`. */
export function askedAgain({ lastAt, excluded, progress, ...rest }: AskedQuestion, facts: Facts): Question {
  return {
    ...rest,
    facts: withoutTime(facts),
    lastAt: lastAt === null ? null : new Date(lastAt),
    excluded: new Map(Object.entries(excluded)),
    progress: progress && { ...progress, since: new Date(progress.since) },
  }
}

/** Only who waits, or was given to somebody, stands somewhere in a rule; everybody else begins at its first step. */
function progressOf({ status, rule, step, stepSince }: Stand): Question['progress'] {
  const waiting = status === 'queued' || status === 'offered' || status === 'assigned'
  return waiting && stepSince ? { rule, step, since: stepSince } : null
}
