import type { Places } from './branches.ts'
import type { BusinessCalendar } from './calendar.ts'
import type { Definitions } from './definitions.ts'

/** What counting a person needs besides his lines. */
export type Ground = {
  definitions: Definitions
  calendar: BusinessCalendar
  places: Places
  /** Claims of identity that were taken back. */
  undone: ReadonlySet<string>
}
