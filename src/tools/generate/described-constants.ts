import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export type Described = { name: string; comment: string; file: string }

/**
 * The constants below `folder` that are made by `endpoint({ post: path })` or `get`, by path, with their doc comments: what the
 * code says about an API is said once.
 */
export const describedConstants = (folder: string): Map<string, Described> => {
  const files = readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .sort()
  return new Map(files.flatMap((name) => constantsOf(`${folder}/${name}`)))
}

const constantsOf = (file: string): [string, Described][] => {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const [declared] = statement.declarationList.declarations
    const path = declared?.initializer && pathIn(declared.initializer)
    return path ? [[path, { name: declared.name.getText(), comment: commentOf(statement), file }]] : []
  })
}

const pathIn = (made: ts.Expression): string | null => {
  const spec = ts.isCallExpression(made) && made.expression.getText() === 'endpoint' ? made.arguments[0] : undefined
  if (!spec || !ts.isObjectLiteralExpression(spec)) return null
  const given = spec.properties
    .filter(ts.isPropertyAssignment)
    .find(({ name }) => ['post', 'get'].includes(name.getText()))
  return given && ts.isStringLiteral(given.initializer) ? given.initializer.text : null
}

const commentOf = (statement: ts.Statement): string =>
  ts
    .getJSDocCommentsAndTags(statement)
    .map((part) => ts.getTextOfJSDocComment(part.comment) ?? '')
    .join(' ')
