import type { Condition } from '../../routing/conditions/condition-schema.ts'
import type { Problem } from '../../routing/reading/problems.ts'
import type { WelcomeFile } from './welcome-file.ts'

/** What a welcome's conditions may ask, beside `time.…`. */
export const welcomeFacts = [
  ...['customer.kind', 'customer.tier', 'customer.owner', 'customer.branch', 'customer.tags', 'customer.known'],
  ...['channel.key', 'entry.campaign', 'contact.state', 'contact.invited', 'contact.half', 'contact.again'],
  ...['rm.userid', 'rm.branch'],
] as const

const known = (fact: string): boolean => (welcomeFacts as readonly string[]).includes(fact) || fact.startsWith('time.')

/** Facts that nobody provides: such a condition never holds. */
export const welcomeWarnings = ({ rules = [] }: WelcomeFile): Problem[] =>
  rules.flatMap(({ when }, index) =>
    [...new Set(factsIn(when))]
      .filter((fact) => !known(fact))
      .map((fact) => ({
        path: ['rules', index, 'when'],
        message: `没有事实 "${fact}"；欢迎语可以用 ${welcomeFacts.join('、')} 和 time.open、time.hour、time.weekday`,
        of: 'value' as const,
      })),
  )

const factsIn = (condition: Condition): string[] => {
  if ('all' in condition) return condition.all.flatMap(factsIn)
  if ('any' in condition) return condition.any.flatMap(factsIn)
  return 'not' in condition ? factsIn(condition.not) : [condition.fact]
}
