import type { Words } from '../../outbox/effects.ts'
import type { WordsFile, WordsKey } from './words-file.ts'

export type PlaceholderValues = Record<string, string | number | null | undefined>

/** For words around a list that is made only when they are sent: their gaps stay. */
export const listGaps = { count: '{count}', list: '{list}' }

/** Puts values in the place of `{name}`s; one that is not there leaves nothing. */
export const fill = (text: string, values: PlaceholderValues): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

/** The words behind a key as plain text; a menu is told by its head line. */
export const tellWords = (file: WordsFile, key: WordsKey, values: PlaceholderValues = {}): string => {
  const entry = file[key]
  return fill(typeof entry === 'string' ? entry : (entry.head ?? ''), values)
}

/** The words behind a key as they go to a customer: text, or a menu. */
export const sayWords = (file: WordsFile, key: WordsKey, values: PlaceholderValues = {}): Words => {
  const entry = file[key]
  if (typeof entry === 'string') return { text: fill(entry, values) }
  const { head, items, tail } = entry
  return {
    menu: {
      items: items.map((item) => ({ ...item, text: fill(item.text, values) })),
      ...(head && { head: fill(head, values) }),
      ...(tail && { tail: fill(tail, values) }),
    },
  }
}
