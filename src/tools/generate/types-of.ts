import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let read: ts.Program | null = null

/** A source file as the compiler understands it: read once for all pages. */
export const typesOf = (path: 'src/bot.ts' | 'src/dispatch/events.ts') => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  read ??= ts.createProgram([join(root, 'src/bot.ts'), join(root, 'src/dispatch/events.ts')], options)
  const source = read.getSourceFile(join(root, path))
  if (!source) throw new Error(`${path} is not there`)
  return { checker: read.getTypeChecker(), source }
}

export const commentOf = (checker: ts.TypeChecker, symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker))

/** `string & $brand<"UserId">` is a `UserId`, and what is optional need not say `undefined`. */
export const typeText = (checker: ts.TypeChecker, type: ts.Type): string =>
  checker
    .typeToString(
      type,
      undefined,
      ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType,
    )
    .replaceAll(/\(?string & \$brand<['"](\w+)['"]>\)?/g, '$1')
    .replaceAll(' | undefined', '')
    .replaceAll(/;? \}/g, ' }')
