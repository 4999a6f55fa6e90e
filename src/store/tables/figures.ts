import type { Generated } from 'kysely'
import type { Time } from './columns.ts'

/** What the ledger says in figures; counted again from it at any time. */
export type FigureTables = {
  figure_progress: {
    one: Generated<boolean>
    upto: Generated<string>
    config: Generated<string>
    counted_at: Time | null
  }
  figure_dirty: { customer_id: string }
  figure_claims: {
    claim_id: string
    customer_id: string | null
    other_id: string | null
    joined: Generated<boolean>
    undone: Generated<boolean>
  }
  figure_places: { rm: string; since: Time; branch: string }
  figure_journeys: {
    person: string
    day: string
    week: string
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    /** Bits as docs/decisions/0023 says, as those of `pairs`. */
    stages: number
    pairs: number
  }
  /** `before` is infinity in rows that count; the others take away whoever was there on that day already. */
  figure_funnel: {
    level: number
    day: string
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    bits: number
    same: number
    before: string
    n: number
  }
  figure_credits: {
    person: string
    goal: string
    day: string
    week: string
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    is_first: boolean
    is_last: boolean
    /** How many there were; 0 in the one row of a conversion without any. */
    touches: number
  }
  figure_connections: {
    person: string
    rm: string
    branch: string | null
    channel: string | null
    campaign: string | null
    added_at: Time
    day: string
    week: string
    /** The first time that these two came together. */
    is_first: boolean
    client: boolean
    /** One of them has written to the other around that time. */
    spoke: boolean
    /** When they came apart again; null while they are together, and when the next add came first. */
    lost_at: Time | null
  }
  figure_people: {
    person: string
    first_at: Time
    connected_at: Time | null
    channel: string | null
    campaign: string | null
    branch: string | null
    rm: string | null
    /** Of the comparison; each from the Monday on that stands in the same place of `strata_since`. */
    strata: string[]
    strata_since: string[]
  }
  figure_values: { person: string; kind: string; at: Time }
}
