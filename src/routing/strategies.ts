import { levelOf } from './members.ts'
import type { RankRm, RosterRm } from './model.ts'
import type { Strategy } from './ruleset/schema.ts'

export type Ranking = { strategy: Strategy; skills: string[]; fairMax: number }

/**
 * The order in which a pool's members are taken:
 * - `round-robin`: whose last assignment is longest ago.
 * - `least-loaded`: smallest share of his capacity in use; then longest ago.
 * - `longest-idle`: those with nothing open first, among them longest ago.
 * - `weighted`: by chance in proportion to capacity, the same for the same conversation.
 * - `best-skill`: highest sum of levels in the pool's skills; then least loaded.
 *
 * In all of them, RMs who got their fair share within the window come after those who did not.
 */
export function ranker({ strategy, skills, fairMax }: Ranking): RankRm {
  const keysOf = KEYS[strategy]
  return (rm) => ({
    keys: [(rm.recent ?? 0) >= fairMax ? 1 : 0, ...keysOf(rm, skills)],
    weight: strategy === 'weighted' ? Math.max(rm.capacity, 1e-9) : null,
  })
}

const KEYS: Record<Strategy, (rm: RosterRm, skills: string[]) => number[]> = {
  'round-robin': (rm) => [assignedAt(rm)],
  'least-loaded': (rm) => [loadShare(rm), assignedAt(rm)],
  'longest-idle': (rm) => [rm.load > 0 ? 1 : 0, assignedAt(rm)],
  weighted: () => [],
  'best-skill': (rm, skills) => [
    -skills.reduce((sum, skill) => sum + levelOf(rm, skill), 0),
    loadShare(rm),
    assignedAt(rm),
  ],
}

function assignedAt(rm: RosterRm): number {
  return rm.lastAssignedAt?.getTime() ?? Number.NEGATIVE_INFINITY
}

function loadShare(rm: RosterRm): number {
  return rm.capacity > 0 ? rm.load / rm.capacity : Number.POSITIVE_INFINITY
}
