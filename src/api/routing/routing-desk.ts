import type { CalendarOverrides } from '../../routing/calendar/holidays.ts'
import type { Question } from '../../routing/model.ts'

/** What dry runs share with the live decisions, so that both see the same. */
export type RoutingDesk = {
  /** `config/calendar.yaml` as this process has read it. */
  calendar: CalendarOverrides
  /**
   * What a live decision about this conversation would ask now, and who has it at present with how much of his load;
   * null when there is no such conversation.
   */
  questionAbout(
    conversationId: string,
  ): Promise<{ question: Question; holder: { rm: string; units: number; work: string | null } | null } | null>
}
