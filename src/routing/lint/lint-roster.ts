import { compile } from '../compile.ts'
import type { CompiledPool, CompiledRule } from '../compile.ts'
import type { Roster, RosterRm } from '../model.ts'
import type { Path, Problem } from '../reading/problems.ts'
import type { Ruleset } from '../ruleset/schema.ts'

/** What these people make of these rules: pools that nobody is in or may serve, RMs who do not exist, deputies in a circle. */
export function lintRoster(ruleset: Ruleset, { rms }: Roster): Problem[] {
  const { pools, rules, fallback, doNotRoute } = compile(ruleset)
  const everybody = [...rms.values()]
  const largest = everybody.reduce((most, { capacity }) => Math.max(most, capacity), 0)
  return [
    ...[...pools.values()].flatMap((pool) => poolWarnings(pool, everybody)),
    ...rules.flatMap((rule, index) => stepWarnings(rule, { path: ['rules', index, 'steps'], rms, doNotRoute })),
    ...stepWarnings(fallback, { path: ['fallback', 'steps'], rms, doNotRoute }),
    ...rules.flatMap((rule, index) => unitWarnings(rule, ['rules', index, 'units'], largest)),
    ...circles(rms),
  ]
}

function poolWarnings({ key, filter, members }: CompiledPool, everybody: RosterRm[]): Problem[] {
  const inside = everybody.filter(filter.admits)
  if (inside.length === 0) return [warn(['pools', key], '没有人符合条件，永远是空的')]
  const licensed = inside.some(filter.holdsLicences)
  return licensed
    ? []
    : [
        warn(
          ['pools', key, 'members', 'licences'],
          `${inside.length} 名成员都没有 ${members.licences?.join('、')} 资格`,
        ),
      ]
}

type Around = { path: Path; rms: Roster['rms']; doNotRoute: ReadonlySet<string> }

function stepWarnings({ steps }: CompiledRule, { path, rms, doNotRoute }: Around): Problem[] {
  return steps.flatMap(({ target }, index) => {
    if (target.kind !== 'rm') return []
    if (!rms.has(target.userid)) return [warn([...path, index, 'to'], `没有成员 "${target.userid}"，这一轮会直接跳过`)]
    return doNotRoute.has(target.userid)
      ? [warn([...path, index, 'to'], `"${target.userid}" 在 doNotRoute 中，不会被分配`)]
      : []
  })
}

function unitWarnings({ units }: CompiledRule, path: Path, largest: number): Problem[] {
  return units !== null && units > largest
    ? [warn(path, `占用 ${units} 个名额，而没有人的名额多于 ${largest}，永远排不到`)]
    : []
}

/** Chains of deputies that lead back to where they began, each once: nobody is missed, but the chain helps nobody either. */
function circles(rms: Roster['rms']): Problem[] {
  const told = new Set<string>()
  return [...rms.values()].flatMap((rm) => {
    const seen = new Set<string>()
    let next: string | null = rm.deputy
    while (next !== null && next !== rm.userid && !seen.has(next)) {
      seen.add(next)
      next = rms.get(next)?.deputy ?? null
    }
    if (next !== rm.userid || told.has(next)) return []
    for (const userid of [rm.userid, ...seen]) told.add(userid)
    return [warn([], `代班关系成环：${[rm.userid, ...seen, rm.userid].join(' → ')}`)]
  })
}

function warn(path: Path, message: string): Problem {
  return { path, message, of: 'value' }
}
