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
