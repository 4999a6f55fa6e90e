import type { Ground } from './ground.ts'
import { textIn, type Line } from './line.ts'
import { isDate } from './calendar.ts'

/** A client of the bank: a client number was found by his link or profile and not taken back, or the bank says so last. */
export const isClient = (lines: readonly Line[], undone: ReadonlySet<string>): boolean => {
  const said = new Map<string, boolean>()
  for (const { kind, customerId, data } of lines)
    if (kind === 'customer.described') said.set(customerId, data?.['client'] === true)
  if ([...said.values()].includes(true)) return true
  return lines.some(
    ({ kind, data }) =>
      kind === 'identity.joined' && data?.['by'] === 'client_no' && !undone.has(String(data['claimId'])),
  )
}

/** The first day of which we know: of the first line, or the day since when he is a client where the bank tells it. */
export const knownSince = (lines: readonly Line[], { calendar }: Ground): string => {
  const told = lines.flatMap((line) => {
    const date = textIn(line, 'clientSince')
    return date !== null && isDate(date) ? [date] : []
  })
  return [calendar.day((lines[0] as Line).at), ...told].toSorted()[0] as string
}

/** The first value event of each kind. */
export const valuesOf = (lines: readonly Line[], { definitions }: Ground): { kind: string; at: Date }[] =>
  definitions.valueEvents.flatMap((kind) => {
    const first = lines.find((line) => line.kind === kind)
    return first ? [{ kind, at: first.at }] : []
  })
