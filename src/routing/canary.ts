import type { CompiledRule } from './compile.ts'
import type { Known } from './conditions/facts.ts'
import { share } from './hash.ts'
import { inBranch } from './members.ts'

/** Whether a rule that is on trial applies to this conversation: the same answer each time it is asked for it. */
export function inCanary({ key, canary }: Pick<CompiledRule, 'key' | 'canary'>, known: Known, seed: string): boolean {
  if (!canary) return true
  const branch = known.get('customer.branch')
  if (canary.branch !== undefined && (typeof branch !== 'string' || !inBranch(branch, canary.branch))) return false
  return share(`canary ${key} ${seed}`) * 100 < canary.percent
}
