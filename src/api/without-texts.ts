const texts = new Set(['text', 'content'])

/**
 * A touchpoint's data without message texts. The ledger holds none by its own rule; should a line bring one, it
 * must not reach those who may not read it. What the bank's programs ingested (`app.…`) is theirs, not a message.
 */
export const withoutTexts = ({
  kind,
  data,
}: {
  kind: string
  data: Record<string, unknown>
}): Record<string, unknown> =>
  kind.startsWith('app.') ? data : Object.fromEntries(Object.entries(data).filter(([key]) => !texts.has(key)))
