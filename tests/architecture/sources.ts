import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import ts from 'typescript'
import { root } from './project-files.ts'

/** `types`: nothing of it is left at run time. */
export type Import = { specifier: string; target: string | null; types: boolean }
/** `lines`: its own, without those of the functions inside it; `span`: with them. */
export type FunctionSize = { name: string; lines: number; span: number }
export type Source = {
  /** From the project's root, with `/`. */
  path: string
  lines: number
  imports: Import[]
  functions: FunctionSize[]
  /** Line numbers where the type `any` is written. */
  anys: number[]
  classes: { name: string; extends: string | null }[]
  /** What reaches for the world by itself: `Date.now()`, `new Date()`, `Math.random()`, `process`, `fetch()`. */
  reaches: { what: string; line: number }[]
}

/** Every TypeScript file below the given folders (or the files named), parsed, in path order. */
export const readSources = (places: readonly string[]): Source[] =>
  places
    .flatMap(filesAt)
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')))

/** Also for pieces of text, so that the reader itself can be tested. */
export const readSource = (path: string, text: string): Source => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const source: Source = {
    path,
    lines: countLines(text),
    imports: [],
    functions: [],
    anys: [],
    classes: [],
    reaches: [],
  }
  const look = (node: ts.Node): void => {
    note(source, file, node)
    ts.forEachChild(node, look)
  }
  look(file)
  return source
}

const filesAt = (place: string): string[] =>
  place.endsWith('.ts')
    ? [place]
    : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
        .map((name) => posix.join(place, name.replaceAll('\\', '/')))

const countLines = (text: string): number => text.replace(/\n$/, '').split('\n').length

const note = (source: Source, file: ts.SourceFile, node: ts.Node): void => {
  const line = (): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
  const found = importOf(source.path, node)
  if (found) source.imports.push(found)
  if (node.kind === ts.SyntaxKind.AnyKeyword) source.anys.push(line())
  if (ts.isFunctionLike(node) && 'body' in node && node.body)
    source.functions.push({ name: nameOf(node), lines: ownLines(file, node), span: spanOf(file, node) })
  if (ts.isClassLike(node)) source.classes.push({ name: node.name?.text ?? '(nameless)', extends: baseOf(node) })
  const what = reachOf(node)
  if (what) source.reaches.push({ what, line: line() })
}

const importOf = (from: string, node: ts.Node): Import | null => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return null
    const types = ts.isImportDeclaration(node)
      ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : node.isTypeOnly
    return resolved(from, node.moduleSpecifier.text, types)
  }
  // import('./x.ts'), and in types import('./x.ts').Y, which is gone at run time.
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [asked] = node.arguments
    return asked && ts.isStringLiteralLike(asked) ? resolved(from, asked.text, false) : null
  }
  const literal = ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : null
  return literal && ts.isStringLiteral(literal) ? resolved(from, literal.text, true) : null
}

const resolved = (from: string, specifier: string, types: boolean): Import => {
  if (specifier === '#bot') return { specifier, target: 'src/bot.ts', types }
  return { specifier, types, target: specifier.startsWith('.') ? posix.join(dirname(from), specifier) : null }
}

const nameOf = (node: ts.SignatureDeclaration): string => {
  if (node.name) return node.name.getText()
  const { parent } = node
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return parent.name.getText()
  return '(nameless)'
}

/** A function inside counts for the one line on which it begins. */
const ownLines = (file: ts.SourceFile, node: ts.Node): number => {
  let inside = 0
  const look = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) && 'body' in child && child.body) inside += spanOf(file, child) - 1
    else ts.forEachChild(child, look)
  }
  ts.forEachChild(node, look)
  return spanOf(file, node) - inside
}

const spanOf = (file: ts.SourceFile, node: ts.Node): number =>
  file.getLineAndCharacterOfPosition(node.end).line - file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1

const baseOf = (node: ts.ClassLikeDeclaration): string | null =>
  node.heritageClauses
    ?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)
    ?.types[0]?.expression.getText() ?? null

const reachOf = (node: ts.Node): string | null => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (!ts.isCallExpression(node) && !ts.isPropertyAccessExpression(node)) return null
  const text = node.expression.getText()
  if (ts.isPropertyAccessExpression(node)) return text === 'process' ? `process.${node.name.text}` : null
  return ['Date.now', 'Math.random', 'performance.now', 'fetch', 'setTimeout', 'setInterval'].includes(text)
    ? `${text}()`
    : null
}
