import type { Path, Problem } from './problems.ts'

/** How large a rule set may be. Beyond these a reader gives up, and a parser that recurses could be made to fall over. */
export const LIMITS = { depth: 64, conditionDepth: 16, conditionNodes: 500, problems: 50 } as const

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

type Place = { value: unknown; path: Path; conditions: number }

/**
 * What must be refused before any schema looks at it: nesting that would exhaust the stack, conditions that are too big,
 * and keys that JavaScript gives a meaning of its own. Walks without recursion, so a tree 10,000 deep is only an error.
 */
export function beyondLimits(value: unknown): Problem[] {
  const problems: Problem[] = []
  const nodes = new Map<unknown, number>()
  const waiting: Place[] = [{ value, path: [], conditions: 0 }]
  while (waiting.length > 0 && problems.length < LIMITS.problems) {
    const place = waiting.pop() as Place
    const problem = tooDeep(place) ?? tooMany(place, nodes)
    if (problem) problems.push(problem)
    else waiting.push(...inside(place, problems))
  }
  return problems
}

function tooDeep({ path, conditions }: Place): Problem | null {
  if (conditions > LIMITS.conditionDepth) return at(path, `条件嵌套最多 ${LIMITS.conditionDepth} 层`)
  return path.length > LIMITS.depth ? at(path, `嵌套最多 ${LIMITS.depth} 层`) : null
}

function tooMany({ value, path, conditions }: Place, nodes: Map<unknown, number>): Problem | null {
  if (conditions === 0 || !isObject(value)) return null
  const rule = path[1]
  const count = (nodes.get(rule) ?? 0) + 1
  nodes.set(rule, count)
  return count === LIMITS.conditionNodes + 1
    ? at(path.slice(0, 3), `一条规则最多 ${LIMITS.conditionNodes} 个条件`)
    : null
}

function inside({ value, path, conditions }: Place, problems: Problem[]): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const places: Place[] = []
  for (const key of Object.keys(value)) {
    const part = Array.isArray(value) ? Number(key) : key
    const place = { value: (value as Record<string, unknown>)[key], path: [...path, part] }
    if (FORBIDDEN.has(key)) problems.push({ path: place.path, message: `不能用 "${key}" 作键`, of: 'key' })
    else places.push({ ...place, conditions: depthOf(place.path, place.value, conditions) })
  }
  return places.reverse()
}

/** How many conditions deep a place is: `when` starts at 1, each all/any/not inside adds one. */
function depthOf(path: Path, value: unknown, above: number): number {
  if (path.length === 3 && path[0] === 'rules' && path[2] === 'when') return 1
  return above > 0 && isObject(value) ? above + 1 : above
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function at(path: Path, message: string): Problem {
  return { path, message, of: 'value' }
}
