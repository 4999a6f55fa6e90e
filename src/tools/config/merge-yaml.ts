import { isDeepStrictEqual } from 'node:util'
import { isMap, isNode, isSeq, parseDocument, Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { parseRulesetYaml } from '../../routing/ruleset/ruleset.ts'
import type { Ruleset } from '../../routing/ruleset/schema.ts'
import { inReadingOrder } from './reading-order.ts'

const head = ' yaml-language-server: $schema=.schema/routing.schema.json\n 由 npm run config pull 从服务器取回。'
const layout = { lineWidth: 120, flowCollectionPadding: true } as const

/**
 * The rule set as YAML that reads back as exactly this. Of a file that is there already, what is equal stays as it is written,
 * with its comments; where that cannot be kept readable (anchors that go away), everything is written anew.
 */
export const mergeYaml = (old: string | null, ruleset: Ruleset): string => {
  const kept = old === null ? null : patched(old, ruleset)
  if (kept !== null && readsAs(kept, ruleset)) return kept
  const document = new Document(inReadingOrder(ruleset))
  document.commentBefore = head
  return document.toString(layout)
}

const readsAs = (text: string, ruleset: Ruleset): boolean => {
  const read = parseRulesetYaml(text, '')
  return 'ruleset' in read && isDeepStrictEqual(read.ruleset, ruleset)
}

const patched = (old: string, ruleset: Ruleset): string | null => {
  try {
    const document = parseDocument(old)
    if (document.errors.length > 0 || !isMap(document.contents)) return null
    patchMap(document, document.contents, ruleset)
    return document.toString(layout)
  } catch {
    // An alias whose anchor is gone, for one.
    return null
  }
}

const sections = new Set(['calendars', 'pools'])

const patchMap = (document: Document, map: YAMLMap, wanted: Record<string, unknown>): void => {
  for (const { key } of [...map.items]) if (!(String(key) in wanted)) map.delete(key)
  for (const [key, value] of Object.entries(wanted)) {
    const node = map.get(key, true) as unknown
    if (isNode(node) && isDeepStrictEqual(node.toJS(document), value)) continue
    if (sections.has(key) && isMap(node)) patchMap(document, node, value as Record<string, unknown>)
    else if (key === 'rules' && isSeq(node)) patchRules(document, node, value as object[])
    else map.set(key, made(document, value, node))
  }
}

/** A rule keeps its lines while it says the same, wherever it stands. */
const patchRules = (document: Document, seq: YAMLSeq, rules: object[]): void => {
  const known = new Map(seq.items.map((node) => [isMap(node) ? String(node.get('key')) : '', node]))
  seq.items = rules.map((rule) => {
    const node = known.get((rule as { key: string }).key)
    return isNode(node) && isDeepStrictEqual(node.toJS(document), rule) ? node : made(document, rule, node)
  })
}

/** A new node, with the comment of the one that it replaces. */
const made = (document: Document, value: unknown, before: unknown) => {
  const node = document.createNode(inReadingOrder(value))
  if (isNode(before)) Object.assign(node, { commentBefore: before.commentBefore, spaceBefore: before.spaceBefore })
  return node
}
