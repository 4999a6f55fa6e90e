import { CallbackRefused } from './callback-refused.ts'

/** Every leaf is a string: a MsgId of 64 bits and an AgentID of 00123 stay as they are. Objects have no prototype. */
export type XmlValue = string | XmlElement | XmlValue[]
export type XmlElement = { [name: string]: XmlValue }

type Cursor = { readonly text: string; readonly collect: boolean; at: number }

const maxDepth = 16
const cdataStart = '![CDATA['
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const refuse = (what: string) => new CallbackRefused(400, `xml: ${what}`)

/**
 * Reads the XML that WeCom sends and nothing else: elements, text, CDATA and the five named entities, at most 16 deep.
 * Declarations, DOCTYPE, comments, attributes and numeric entities are refused with `CallbackRefused` 400, and so is an
 * element that comes twice, unless `repeats` is `collect`: then it becomes a list.
 * Answers what is inside `<xml>`.
 */
export const readXml = (source: string, repeats: 'refuse' | 'collect' = 'refuse'): XmlElement => {
  if (source.includes('\0')) throw refuse('NUL')
  const text = source.trim()
  if (!text.startsWith('<xml>')) throw refuse('does not begin with <xml>')

  const cursor: Cursor = { text, collect: repeats === 'collect', at: 5 }
  const root = content(cursor, 'xml', 1)
  if (cursor.at !== text.length) throw refuse('goes on after </xml>')
  if (typeof root !== 'string') return root
  return root.trim() === '' ? emptyElement() : fail('text inside <xml>')
}

const fail = (what: string): never => {
  throw refuse(what)
}
const emptyElement = (): XmlElement => Object.create(null) as XmlElement

/** What stands between `<name>` and `</name>`; the cursor moves behind it. */
const content = (cursor: Cursor, name: string, depth: number): string | XmlElement => {
  let words = ''
  let children: XmlElement | null = null
  for (;;) {
    const less = cursor.text.indexOf('<', cursor.at)
    if (less < 0) throw refuse('ends too early')
    if (less > cursor.at) words += plain(cursor.text.slice(cursor.at, less))
    cursor.at = less + 1

    const sign = cursor.text.charCodeAt(cursor.at)
    if (sign === 47) {
      close(cursor, name)
      return inside(children, words)
    }
    if (sign === 33) words += cdata(cursor)
    else child(cursor, (children ??= emptyElement()), depth + 1)
  }
}

const close = (cursor: Cursor, name: string): void => {
  const end = cursor.at + 1 + name.length
  if (!cursor.text.startsWith(name, cursor.at + 1) || cursor.text.charCodeAt(end) !== 62) {
    throw refuse('an element is closed by another name')
  }
  cursor.at = end + 1
}

const inside = (children: XmlElement | null, words: string): string | XmlElement => {
  if (!children) return words
  if (words !== '' && words.trim() !== '') throw refuse('text between elements')
  return children
}

const child = (cursor: Cursor, parent: XmlElement, depth: number): void => {
  if (depth > maxDepth) throw refuse('too deep')
  const start = cursor.at
  const end = nameEnd(cursor.text, start)
  const name = cursor.text.slice(start, end)
  const empty = cursor.text.charCodeAt(end) === 47
  if (end === start || cursor.text.charCodeAt(empty ? end + 1 : end) !== 62) throw refuse('not a plain element')

  cursor.at = end + (empty ? 2 : 1)
  const value = empty ? '' : content(cursor, name, depth)
  const before = parent[name]
  if (before === undefined) parent[name] = value
  else if (!cursor.collect) throw refuse('an element comes twice')
  else if (Array.isArray(before)) before.push(value)
  else parent[name] = [before, value]
}

/** Letters, digits and _ - . (not first: digits, - and .). */
const nameEnd = (text: string, start: number): number => {
  let at = start
  for (; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    const letter = (sign >= 97 && sign <= 122) || (sign >= 65 && sign <= 90) || sign === 95
    const later = (sign >= 48 && sign <= 57) || sign === 45 || sign === 46
    if (!letter && !(later && at > start)) break
  }
  return at
}

const cdata = (cursor: Cursor): string => {
  if (!cursor.text.startsWith(cdataStart, cursor.at)) throw refuse('a declaration or comment')
  const start = cursor.at + cdataStart.length
  const end = cursor.text.indexOf(']]>', start)
  if (end < 0) throw refuse('ends too early')
  cursor.at = end + 3
  return cursor.text.slice(start, end)
}

const plain = (words: string): string =>
  words.includes('&')
    ? words.replace(/&([a-z]{2,4};)?/g, (_, name?: string) => entities[name?.slice(0, -1) ?? ''] ?? fail('an entity'))
    : words
