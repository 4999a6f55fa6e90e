/** Minutes of a local day, from inclusive to exclusive. `to` goes past 1,440 when the slot runs over midnight. */
export type Slot = { from: number; to: number }
/** The slots of each weekday (0 = Sunday), of make-up workdays and of holidays. */
export type WeekHours = { days: Slot[][]; makeup: Slot[]; holiday: Slot[] }

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The weekdays (0 = Sunday) that `mon-fri`, `sat`, `mon,wed` or `fri-mon` name; ranges may run over the week's end. */
export function weekdaysOf(spec: string): number[] {
  return spec.split(',').flatMap((part) => {
    const [first = '', last = first] = part.split('-')
    const from = NAMES.indexOf(first)
    const length = (NAMES.indexOf(last) - from + 7) % 7
    return Array.from({ length: length + 1 }, (_, index) => (from + index) % 7)
  })
}

/** `09:00-12:00` as minutes; `22:00-06:00` ends on the next day. */
export function slotOf(text: string): Slot {
  const [from = 0, to = 0] = text.split('-').map(minutesOf)
  return { from, to: to > from ? to : to + 1_440 }
}

/**
 * The week of a calendar. Make-up workdays (调休) have the hours written under `makeup`, or else those of the first
 * weekday from Monday to Friday that has any.
 */
export function weekOf(hours: Record<string, string[]>): WeekHours {
  const days: Slot[][] = NAMES.map(() => [])
  for (const [spec, slots] of Object.entries(hours)) {
    if (spec === 'makeup' || spec === 'holiday') continue
    for (const day of weekdaysOf(spec)) days[day] = slots.map(slotOf).toSorted((a, b) => a.from - b.from)
  }
  const ordinary = [1, 2, 3, 4, 5].map((day) => days[day] ?? []).find((slots) => slots.length > 0) ?? []
  return { days, makeup: hours['makeup']?.map(slotOf) ?? ordinary, holiday: hours['holiday']?.map(slotOf) ?? [] }
}

/** What is contradictory in the written hours, by day: one named twice, or two slots of a day that overlap. */
export function hoursProblems(hours: Record<string, string[]>): { spec: string; message: string }[] {
  const seen = new Set<number>()
  return Object.entries(hours).flatMap(([spec, slots]) => {
    const named = spec === 'makeup' || spec === 'holiday' ? [] : weekdaysOf(spec)
    const twice = named.some((day, index) => seen.has(day) || named.indexOf(day) !== index)
    for (const day of named) seen.add(day)
    const problems = twice ? [{ spec, message: `"${spec}" 里有日子写了两次` }] : []
    return overlaps(slots.map(slotOf)) ? [...problems, { spec, message: `"${spec}" 的时段互相重叠` }] : problems
  })
}

function overlaps(slots: Slot[]): boolean {
  const sorted = slots.toSorted((a, b) => a.from - b.from)
  return sorted.some((slot, index) => slot.from < (sorted[index - 1]?.to ?? 0))
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
