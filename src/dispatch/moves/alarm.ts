import { notify, record, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'

/** Tells those who answer for the whole bank. Where nobody does, the ledger keeps it and the integrity report names it. */
export const alarm = <Kind extends EventKind>(turn: Turn<Kind>, what: string, text: string): Effect[] => {
  const told = turn.overseers()
  return told.length > 0 ? told.map(({ userid }) => notify(userid, text)) : [record('alarm.unheard', { what })]
}
