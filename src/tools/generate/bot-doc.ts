import ts from 'typescript'
import { wordsKeys } from '../../dispatch/words/words-file.ts'
import { code, generatedBy, page, table } from './markdown.ts'
import { commentOf, typesOf, typeText } from './types-of.ts'

export type BotLine = { name: string; sort: 'effect' | 'helper' | 'type'; type: string; comment: string }

/** docs/handlers.md: all that a handler may import from `#bot`, and what it is given, as the compiler sees them. */
export const botDoc = (): string => {
  const lines = botLines()
  const of = (sort: BotLine['sort']) =>
    table(
      ['name', 'type', 'what it is'],
      lines.filter((line) => line.sort === sort).map(({ name, type, comment }) => [code(name), code(type), comment]),
    )
  const types = lines.filter(({ sort }) => sort === 'type').map(({ name, comment }) => [code(name), comment])
  const given = turnLines().map(({ name, type, comment }) => [code(name), code(type), comment])
  return page(
    '# What a handler can do',
    generatedBy,
    'A handler imports `#bot` (src/bot.ts) and nothing else: `export default on(kind, (turn) => effects)`, in the file that its kind names. ' +
      'Kinds and their fields are in [events.md](events.md), words in `config/messages.yaml`.',
    '## What it is given: the turn',
    table(['property', 'type', 'what it is'], given),
    '## Effects: what it may want to happen',
    of('effect'),
    '## Helpers: effects and words made for it',
    of('helper'),
    '## Types',
    table(['name', 'what it is'], types),
  )
}

/** Every export of src/bot.ts, in the order of the alphabet. */
export const botLines = (): BotLine[] => {
  const { checker, source } = typesOf('src/bot.ts')
  const module = checker.getSymbolAtLocation(source) as ts.Symbol
  return checker
    .getExportsOfModule(module)
    .map((exported) => lineOf(checker, exported.name, checker.getAliasedSymbol(exported)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const lineOf = (checker: ts.TypeChecker, name: string, symbol: ts.Symbol): BotLine => {
  const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
  const isEffect = symbol.declarations?.[0]?.getSourceFile().fileName.endsWith('/src/dispatch/effects.ts')
  return {
    name,
    sort: !isValue ? 'type' : isEffect ? 'effect' : 'helper',
    type: isValue ? typeText(checker, checker.getTypeOfSymbol(symbol)) : '',
    comment: commentOf(checker, symbol),
  }
}

const turnLines = () => {
  const { checker, source } = typesOf('src/bot.ts')
  const module = checker.getSymbolAtLocation(source) as ts.Symbol
  const turn = checker.getExportsOfModule(module).find(({ name }) => name === 'Turn')
  if (!turn) throw new Error('src/bot.ts exports no type Turn')
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(turn)))
    .map((property) => ({
      name: property.name,
      type: typeText(checker, checker.getTypeOfSymbol(property)).replace(anyKey, 'WordsKey'),
      comment: commentOf(checker, property),
    }))
}

/** The compiler writes out what a key of config/messages.yaml may be. */
const anyKey = wordsKeys.map((key) => `'${key}'`).join(' | ')
