/** In JSON a lone half of a surrogate pair is written \ud…, a whole pair is not; a NUL is \u0000. */
const suspicious = /\\u0000|\\ud[89a-f]/

/**
 * PostgreSQL takes neither a NUL nor half a surrogate pair, and one such character would hold up everything that is stored
 * with it: they become � (U+FFFD), in names and values. Whatever has none comes back as it is.
 */
export const storable = <Value>(value: Value): Value =>
  suspicious.test(JSON.stringify(value) ?? '') ? (mended(value) as Value) : value

const mended = (value: unknown): unknown => {
  if (typeof value === 'string') return words(value)
  if (Array.isArray(value)) return value.map(mended)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [words(name), mended(inner)]))
}

const words = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
