/** At most `most` characters (字, not bytes), with … where something is missing. */
export const clipChars = (text: string, most: number): string => {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, Math.max(0, most - 1)).join('')}…`
}

/**
 * Lines that together have at most `most` characters: the longest gives way first, so that a customer's long message does not
 * push out the reason and the deadline below it.
 */
export const fitLines = (lines: readonly string[], most: number): string => {
  const fitted = lines.filter((line) => line !== '')
  const over = charsOf(fitted.join('\n')) - most
  if (over <= 0) return fitted.join('\n')
  const longest = fitted.reduce((best, line, at) => (charsOf(line) > charsOf(fitted[best] ?? '') ? at : best), 0)
  const long = fitted[longest] ?? ''
  const room = Math.max(least, charsOf(long) - over)
  // Many short lines: then the end falls away.
  if (room >= charsOf(long)) return clipChars(fitted.join('\n'), most)
  return fitLines(fitted.with(longest, clipChars(long, room)), most)
}

/** A line is not cut below this while another one is longer. */
const least = 12
const charsOf = (text: string): number => [...text].length
