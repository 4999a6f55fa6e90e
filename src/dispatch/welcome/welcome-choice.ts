import type { CompiledCalendar } from '../../routing/calendar/calendar.ts'
import { compileCondition, type CompiledCondition } from '../../routing/conditions/conditions.ts'
import { knownFrom, withTime } from '../../routing/conditions/facts.ts'
import type { Facts } from '../../routing/model.ts'
import type { WelcomeAttachment, WelcomeFile } from './welcome-file.ts'

/**
 * The words of a welcome with their placeholders still in them; `rule` is `fallback` when none matched. `unnamed` stands for
 * the name of whom nobody knows.
 */
export type Greeting = {
  rule: string
  text: string | null
  attachments: readonly WelcomeAttachment[]
  unnamed?: string
}
/** `opening` is what `time.open` looks at; without it any calendar of the rule set. */
export type ChooseWelcome = (ask: {
  facts: Facts
  now: Date
  calendars: Calendars
  opening: CompiledCalendar | null
}) => Greeting
type Calendars = ReadonlyMap<string, CompiledCalendar>
type Rule = { condition: CompiledCondition; greeting: Greeting }

/** Chooses by config/welcome.yaml: the first rule that holds, or else the fallback. The calendars are those of the active rule set. */
export const welcomeChooser = ({ rules = [], fallback, unnamed }: WelcomeFile): ChooseWelcome => {
  const compiled = new WeakMap<Calendars, Rule[]>()
  const compile = (calendars: Calendars): Rule[] => {
    const made = rules.map((rule) => ({
      condition: compileCondition(rule.when, calendars),
      greeting: greetingOf(rule.key, rule),
    }))
    compiled.set(calendars, made)
    return made
  }
  return ({ facts, now, calendars, opening }) => {
    const hours = opening ? [opening] : [...calendars.values()]
    const known = knownFrom(withTime(facts, { now, calendars: hours }), now)
    const first = (compiled.get(calendars) ?? compile(calendars)).find(({ condition }) => condition.test(known))
    const greeting = first?.greeting ?? greetingOf('fallback', fallback)
    return unnamed === undefined ? greeting : { ...greeting, unnamed }
  }
}

const greetingOf = (rule: string, { text, attachments = [] }: WelcomeFile['fallback']): Greeting => ({
  rule,
  text: text ?? null,
  attachments,
})
