import { crossCheck } from './cross-check.ts'
import { beyondLimits } from '../reading/limits.ts'
import { pathText, problemsIn } from '../reading/problems.ts'
import type { Problem } from '../reading/problems.ts'
import { Ruleset } from './schema.ts'
import { readYaml } from '../reading/yaml-source.ts'
import type { FileProblem } from '../reading/yaml-source.ts'

export type RulesetError = { path: string; message: string }
/** `place` tells where in the file a path of the rule set stands, for warnings found later. */
export type ReadRuleset = { ruleset: Ruleset; place(problem: Problem): FileProblem }

/** Nobody reads more mistakes than this at once. */
const TOLD = 100

/** A rule set from a program (HTTP): the typed rule set exactly as it was sent, or every mistake with its path. */
export function checkRuleset(json: unknown): { ruleset: Ruleset } | { errors: RulesetError[] } {
  const problems = problemsOf(json)
  if (problems.length === 0) return { ruleset: json as Ruleset }
  return { errors: problems.map(({ path, message }) => ({ path: pathText(path), message })) }
}

/** A rule set from a file: the same checks, and each mistake carries its line and column (1-based). */
export function parseRulesetYaml(text: string, fileName: string): ReadRuleset | { errors: FileProblem[] } {
  const read = readYaml(text, fileName)
  if ('errors' in read) return read
  const { value, place } = read.source
  const problems = problemsOf(value)
  return problems.length > 0 ? { errors: problems.map(place) } : { ruleset: value as Ruleset, place }
}

function problemsOf(json: unknown): Problem[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return [{ path: [], message: '规则须为一组键值，至少要有 fallback', of: 'value' }]
  }
  const tooBig = beyondLimits(json)
  if (tooBig.length > 0) return tooBig
  const misshapen = problemsIn(Ruleset, json)
  return shortened(misshapen.length > 0 ? misshapen : crossCheck(json as Ruleset))
}

function shortened(problems: Problem[]): Problem[] {
  if (problems.length <= TOLD) return problems
  const rest: Problem = { path: [], message: `还有 ${problems.length - TOLD} 处错误，先改好上面的`, of: 'value' }
  return [...problems.slice(0, TOLD), rest]
}
