import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Alias, Document, ParsedNode } from 'yaml'
import { pathText } from './problems.ts'
import type { Path, Problem } from './problems.ts'

/** A mistake in a file, with the place (1-based) where an editor should put the cursor. */
export type FileProblem = { file: string; line: number; column: number; path: string; message: string }
export type YamlSource = { value: unknown; place(problem: Problem): FileProblem }

const MAX_BYTES = 16 * 1024 * 1024
const SYNTAX: Record<string, string> = {
  DUPLICATE_KEY: '同一层里这个键写了两次',
  TAB_AS_INDENT: '不能用制表符缩进，请用空格',
  BAD_INDENT: '缩进或括号没有对齐',
  MISSING_CHAR: '缺少引号、冒号、逗号或括号',
  BLOCK_AS_IMPLICIT_KEY: '一行里出现了两个冒号，值中有冒号时请加引号',
  MULTIPLE_DOCS: '一个文件里只能有一份内容（去掉 ---）',
}

/** Reads one YAML 1.2 document and remembers where everything stood. Never throws: what cannot be read is in `errors`. */
export function readYaml(text: string, file: string): { source: YamlSource } | { errors: FileProblem[] } {
  const at = (line: number, column: number, message: string) => ({
    errors: [{ file, line, column, path: '', message }],
  })
  if (text.length > MAX_BYTES) return at(1, 1, '文件超过 16 MB')
  const lines = new LineCounter()
  try {
    const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    if (doc.errors.length > 0) return { errors: doc.errors.map((error) => syntaxError(error, { file, lines })) }
    const lost = lostAlias(doc)
    if (lost)
      return {
        errors: [
          syntaxError(
            { code: '', message: `*${lost.source} 之前没有 &${lost.source}`, pos: [startOf(lost) ?? 0, 0] },
            { file, lines },
          ),
        ],
      }
    return { source: { value: doc.toJS(), place: (problem) => placed(problem, { file, doc, lines }) } }
  } catch (error) {
    // The parser recurses: absurd nesting ends as a RangeError, an alias bomb as a ReferenceError.
    return at(1, 1, error instanceof RangeError ? '嵌套过深，无法读取' : '引用（& 与 *）过多，无法读取')
  }
}

/** `config/routing.yaml:12:5 rules[0].to 写作 …`, one line that editors and terminals can jump to. */
export function fileProblemText({ file, line, column, path, message }: FileProblem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path} `}${message}`
}

function syntaxError(
  error: { code: string; message: string; pos: [number, number] },
  { file, lines }: Pick<Source, 'file' | 'lines'>,
) {
  const { line, col } = lines.linePos(error.pos[0])
  return { file, line, column: col, path: '', message: SYNTAX[error.code] ?? `YAML 写法有误：${error.message}` }
}

/** The first `*name` without an `&name` before it; the parser itself says so only later and without a place. */
function lostAlias(doc: Document.Parsed): Alias | undefined {
  const anchors = new Set<string>()
  const lost: Alias[] = []
  visit(doc, (_, node) => {
    if (isAlias(node) && !anchors.has(node.source)) lost.push(node)
    if ((isScalar(node) || isCollection(node)) && node.anchor) anchors.add(node.anchor)
    return lost.length > 0 ? visit.BREAK : undefined
  })
  return lost[0]
}

type Source = { file: string; doc: Document.Parsed; lines: LineCounter }

function placed({ path, message, of }: Problem, { file, doc, lines }: Source): FileProblem {
  const { line, col } = lines.linePos(offsetOf(doc, path, of))
  return { file, line, column: col, path: pathText(path), message }
}

/** Where the deepest part of the path that exists stands: its key, or its value. */
function offsetOf(doc: Document.Parsed, path: Path, of: 'key' | 'value'): number {
  let node: unknown = doc.contents
  let offset = startOf(node) ?? 0
  for (const [depth, part] of path.entries()) {
    const found = child(isAlias(node) ? node.resolve(doc) : node, part)
    if (!found) return offset
    const wantsKey = of === 'key' && depth === path.length - 1
    offset = (wantsKey ? found.key : (found.value ?? found.key)) ?? offset
    node = found.node
  }
  return offset
}

function child(node: unknown, part: string | number) {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
    return pair && { node: pair.value, key: startOf(pair.key), value: startOf(pair.value) }
  }
  if (!isSeq(node) || typeof part !== 'number' || part >= node.items.length) return undefined
  const item = node.items[part]
  return { node: item, key: startOf(item), value: startOf(item) }
}

function startOf(node: unknown): number | undefined {
  return (node as ParsedNode | null | undefined)?.range?.[0]
}
