import type { CompiledPool, CompiledRuleset, CompiledStep } from './compile.ts'
import type { Demand } from './eligible.ts'
import { isFull, obstacle } from './eligible.ts'
import { missing } from './members.ts'
import type { Candidate, PoolIndex, PoolView, RosterRm } from './model.ts'
import type { Asked } from './targets.ts'
import { peopleFor } from './targets.ts'

/** What one step offers at this moment. */
export type Ring = {
  step: CompiledStep
  /** How many people the step stands for; 0 when there is nobody of the kind, so that waiting would be pointless. */
  members: number
  /** Whom it gives; null when nobody there is eligible. */
  best: RosterRm | null
  eligible: number
  /** How many could not take it, by reason, among those looked at. */
  excluded: Record<string, number>
  /** Those looked at, the best first, at most `LISTED`. Everybody is looked at until somebody is found. */
  candidates: Candidate[]
  /** In a small team also those who are not members, with what they lack. */
  outsiders: Candidate[]
}

/** How many candidates a decision looks at once it has found somebody. */
export const LISTED = 50

export type RingAsked = Asked & { rules: CompiledRuleset; pools: PoolIndex; demand: Demand }

export function ringOf(step: CompiledStep, asked: RingAsked): Ring {
  return step.pool ? poolRing(step, step.pool, asked) : peopleRing(step, asked)
}

function peopleRing(step: CompiledStep, asked: RingAsked): Ring {
  const people = peopleFor(step.target, asked)
  const ring = empty(step, people.length)
  for (const rm of people) look(ring, rm, asked.demand)
  return sorted(ring)
}

function poolRing(step: CompiledStep, pool: CompiledPool, asked: RingAsked): Ring {
  const { demand, question } = asked
  const view = asked.pools.pool({
    key: pool.rankKey,
    filter: pool.filter,
    rank: pool.rank,
    openKfId: question.openKfId,
    relay: pool.relay && !question.withPerson,
  })
  const ring = empty(step, view.members.size)
  let looked = 0
  for (const rm of view.inOrder(question.seed)) {
    look(ring, rm, demand)
    looked += 1
    if (looked >= LISTED && ring.best) break
  }
  if (looked < LISTED) noteOthers(ring, view, demand)
  return { ...sorted(ring), outsiders: outsiders(pool, asked, view) }
}

function look(ring: Ring, rm: RosterRm, demand: Demand): void {
  const reason = obstacle(rm, demand)
  if (reason === null) {
    ring.best ??= rm
    ring.eligible += 1
  } else {
    ring.excluded[reason] = (ring.excluded[reason] ?? 0) + 1
  }
  if (ring.candidates.length < LISTED || reason === null) ring.candidates.push(candidateOf(rm, reason))
}

/** Members who do not serve this kf account are in no order; they are counted, and listed as far as there is room. */
function noteOthers(ring: Ring, { members, servicers }: PoolView, demand: Demand): void {
  if (members.size > servicers) ring.excluded['not-a-servicer'] = members.size - servicers
  if (members.size === servicers) return
  for (const rm of members.values()) {
    if (ring.candidates.length >= LISTED) return
    if (!Object.hasOwn(rm.kf, demand.openKfId)) ring.candidates.push(candidateOf(rm, 'not-a-servicer'))
  }
}

/** In a small team people ask "why not her?" of everybody, so those outside the pool are listed with what they lack. */
function outsiders(pool: CompiledPool, { roster }: RingAsked, { members }: PoolView): Candidate[] {
  if (roster.rms.size > LISTED) return []
  const others = [...roster.rms.values()].filter((rm) => !members.has(rm.userid))
  return others.map((rm) => candidateOf(rm, missing(rm, pool.members)))
}

function candidateOf({ userid, load, capacity }: RosterRm, excludedBy: string | null): Candidate {
  return { rm: userid, eligible: excludedBy === null, excludedBy, load, capacity }
}

function empty(step: CompiledStep, members: number): Ring {
  return { step, members, best: null, eligible: 0, excluded: {}, candidates: [], outsiders: [] }
}

function sorted(ring: Ring): Ring {
  if (ring.eligible === ring.candidates.length) return ring
  return { ...ring, candidates: ring.candidates.toSorted((a, b) => distance(a) - distance(b)).slice(0, LISTED) }
}

const CLOSENESS = [
  null,
  'full',
  'daily-cap',
  'not-receiving',
  'off-duty',
  'outside-hours',
  'no-licence',
  'not-a-servicer',
]

function distance({ excludedBy }: Candidate): number {
  const place = CLOSENESS.indexOf(excludedBy !== null && isFull(excludedBy) ? 'full' : excludedBy)
  return place === -1 ? CLOSENESS.length : place
}
