import type { Question, Roster, RosterRm } from './model.ts'

/** Where a step leads, read from its `to`. */
export type Target =
  | { kind: 'owner' | 'deputy' | 'last' | 'firm-lead' }
  | { kind: 'rm'; userid: string }
  | { kind: 'pool'; key: string }

const LONGEST_DEPUTY_CHAIN = 5

/** Reads a `to` that the schema let through. */
export function targetOf(to: string): Target {
  if (to.startsWith('pool:')) return { kind: 'pool', key: to.slice(5) }
  if (to.startsWith('rm:')) return { kind: 'rm', userid: to.slice(3).toLowerCase() }
  return { kind: to as 'owner' | 'deputy' | 'last' | 'firm-lead' }
}

export type Asked = { question: Question; roster: Roster; stickyDays: number | null; now: Date }

/** The single people a step names, the preferred one first; empty when there is nobody of the kind. Pools are not people. */
export function peopleFor(target: Target, { question, roster, stickyDays, now }: Asked): RosterRm[] {
  if (target.kind === 'pool') return []
  if (target.kind === 'rm') return found(roster, target.userid)
  if (target.kind === 'owner') return found(roster, question.owner)
  if (target.kind === 'firm-lead')
    return [question.firmLead, ...(question.firmTeam ?? [])].flatMap((userid) => found(roster, userid))
  if (target.kind === 'deputy') return deputies(roster, question.owner)
  return isFresh(question.lastAt, { stickyDays, now }) ? found(roster, question.last) : []
}

/** The owner's deputy, that deputy's deputy and so on: each once, at most five, never the owner himself. */
function deputies({ rms }: Roster, owner: string | null): RosterRm[] {
  const chain: RosterRm[] = []
  const seen = new Set([owner])
  let next = owner === null ? null : (rms.get(owner)?.deputy ?? null)
  while (next !== null && !seen.has(next) && chain.length < LONGEST_DEPUTY_CHAIN) {
    seen.add(next)
    const rm = rms.get(next)
    if (rm) chain.push(rm)
    next = rm?.deputy ?? null
  }
  return chain
}

function found({ rms }: Roster, userid: string | null): RosterRm[] {
  const rm = userid === null ? undefined : rms.get(userid)
  return rm ? [rm] : []
}

function isFresh(lastAt: Date | null | undefined, { stickyDays, now }: Pick<Asked, 'stickyDays' | 'now'>): boolean {
  if (stickyDays === null || !lastAt) return true
  return now.getTime() - lastAt.getTime() <= stickyDays * 86_400_000
}
