import { isOpen } from './calendar/calendar.ts'
import type { CompiledRuleset } from './compile.ts'
import type { Roster } from './model.ts'

/**
 * True when people are there at this account and every one of them is full: then whoever waits because all are full waits on,
 * and need not be decided again. False whenever that is not certain.
 */
export function isEveryoneFull({ rms }: Roster, openKfId: string, rules: CompiledRuleset): boolean {
  const exceeds = [...rules.rules, rules.fallback].some(({ steps }) => steps.some(({ mayExceed }) => mayExceed))
  let there = false
  for (const { onDuty, kf, load, capacity } of rms.values()) {
    if (!onDuty || kf[openKfId] !== 'receiving') continue
    if (load < capacity || (exceeds && load <= capacity)) return false
    there = true
  }
  return there
}

/** True when a desk of this rule is closed: whoever waits by it may wait for another reason than while it was open. */
export function hasClosedDesk({ rules, fallback }: CompiledRuleset, key: string | null, now: Date): boolean {
  const rule = rules.find((one) => one.key === key) ?? fallback
  return rule.steps.some(({ pool }) => pool?.calendar && !isOpen(pool.calendar, now))
}
