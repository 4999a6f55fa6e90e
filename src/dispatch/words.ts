import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Words } from '../outbox/effects.ts'

const Text = z.string().trim().min(1)
const Item = z.union([z.strictObject({ id: z.string().regex(/^[0-9A-Za-z_]{1,64}$/), text: Text }), z.strictObject({ url: z.url(), text: Text })])
const MenuWords = z.strictObject({
  head: Text.optional(),
  items: z.array(Item).min(1).max(10, 'WeCom shows at most 10 items that can be tapped'),
  tail: Text.optional(),
})
const Entry = z.union([Text, MenuWords])

/** Every key of config/messages.yaml. A missing or unknown one stops the start with its line. */
export const wordsKeys = [
  'customer.welcome',
  'customer.on_the_way',
  'customer.transferred',
  'customer.left_message',
  'customer.queued',
  'customer.closed',
  'manager.new_customer',
  'manager.transferred_to_you',
  'manager.taken_from_you',
  'manager.reminder',
  'manager.snoozed',
  'supervisor.no_reply',
] as const
export type WordsKey = (typeof wordsKeys)[number]

const File = z.strictObject(Object.fromEntries(wordsKeys.map((key) => [key, Entry])) as Record<WordsKey, typeof Entry>)
export type WordsFile = z.infer<typeof File>
export type PlaceholderValues = Record<string, string | number | null | undefined>

export class BadWords extends Error {
  override name = 'BadWords'
}

/** Reads the words file; throws `BadWords` naming file, line and key of every mistake. */
export const readWords = (path: string): WordsFile => {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => `${path}:${lines.linePos(offset).line}`
  if (document.errors.length > 0)
    throw new BadWords(document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`).join('\n'))
  const read = File.safeParse(document.toJS())
  if (read.success) return read.data
  throw new BadWords(read.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`).join('\n'))

  function place(keys: PropertyKey[]): string {
    const node = document.getIn(keys.slice(0, 1), true) as { range?: [number, number, number] } | undefined
    return `${at(node?.range?.[0] ?? 0)} ${keys.join('.') || '(the whole file)'}`
  }
}

const fill = (text: string, values: PlaceholderValues): string =>
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
