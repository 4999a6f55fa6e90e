import type { Digest, MoreCards } from './effects.ts'
import { clip } from './words.ts'

/** WeCom takes 2,048 bytes; the rest is for the number below the text. */
const most = 2000

/** One text, or several as one message: none is left out. */
export const gathered = (text: string, more: readonly string[] = []): string =>
  more.length === 0 ? clip(text, most) : joined(text, more)

/** How many of the next texts, from the first on, fit into the same message with those that are there. */
export const howManyFit = (text: string, more: readonly string[], next: readonly string[]): number => {
  let fit = 0
  while (fit < next.length && Buffer.byteLength(joined(text, [...more, ...next.slice(0, fit + 1)])) <= most) fit += 1
  return fit
}

const joined = (text: string, more: readonly string[]): string =>
  [text, `另有${more.length}条：`, ...more.map((one, at) => `${at + 1}. ${one.replace(/\s*\n\s*/g, '；')}`)].join('\n')

/** As many as are named in a digest; what it is about has a list of its own. */
export const mostNamed = 8

/** Many cards as one text: how many they are, the first of them, and what its words say about the others. */
export const digestOf = ({ line, words }: Digest, { count, lines }: MoreCards): string => {
  const named = [line, ...lines].slice(0, mostNamed)
  return fits(named.length, (many) => listed(words, named.slice(0, many), count + 1))
}

const listed = (words: string, named: readonly string[], count: number): string => {
  const list = [...named.map((line, at) => `${at + 1}. ${line}`), ...(named.length < count ? ['……'] : [])].join('\n')
  return words.replaceAll('{count}', String(count)).replaceAll('{list}', () => list)
}

/** The words at the end say where the list is: of long lines fewer are named, so that nothing is cut. */
const fits = (many: number, text: (many: number) => string): string => {
  const whole = text(many)
  return many === 0 || Buffer.byteLength(whole) <= most ? clip(whole, most) : fits(many - 1, text)
}
