import { readFileSync, readdirSync } from 'node:fs'
import ts from 'typescript'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../ground/ground.ts'

/** One column as TypeScript declares it, e.g. `status: 'bot' | 'queued'` or `rm: string | null`. */
type Declared = { nullable: boolean; optional: boolean; type: string; words: string[] | null }
type Column = { name: string; type: string; nullable: boolean; optional: boolean }

const folder = new URL('../../src/store/', import.meta.url)
const typesIn = (file: string): ts.TypeAliasDeclaration[] =>
  ts
    .createSourceFile(file, readFileSync(new URL(file, folder), 'utf8'), ts.ScriptTarget.Latest, true)
    .statements.filter(ts.isTypeAliasDeclaration)

const membersOf = (node: ts.TypeNode | undefined): [string, ts.TypeNode][] =>
  node && ts.isTypeLiteralNode(node)
    ? node.members
        .filter(ts.isPropertySignature)
        .flatMap((member) => (member.type ? [[member.name.getText(), member.type] as [string, ts.TypeNode]] : []))
    : []

const declared = (node: ts.TypeNode): Declared => {
  const text = node.getText()
  const generated = /^(Generated<|Now|Id|JsonOrDefault<)/.test(text)
  const bare = text.replace(/^Generated<(.*)>$/s, '$1')
  const parts = bare.split('|').map((part) => part.trim())
  const literals = parts.filter((part) => /^'.*'$/.test(part)).map((part) => part.slice(1, -1))
  return {
    nullable: parts.includes('null'),
    optional: generated || parts.includes('null'),
    type: literals.length > 0 ? 'string' : (parts.find((part) => part !== 'null') ?? ''),
    words: literals.length > 0 ? literals.sort() : null,
  }
}

/** `Tables` joins the parts; each stands in a file of its own. */
const parts = readdirSync(new URL('tables/', folder)).flatMap((file) => typesIn(`tables/${file}`))
const joined = typesIn('tables.ts').find(({ name }) => name.text === 'Tables')?.type
const joinedNames = joined && ts.isIntersectionTypeNode(joined) ? joined.types.map((part) => part.getText()) : []
const tableTypes = joinedNames.flatMap((part) => membersOf(parts.find(({ name }) => name.text === part)?.type))
const declaredTables = new Map(
  tableTypes.map(([table, type]) => [
    table,
    new Map(membersOf(type).map(([name, column]) => [name, declared(column)])),
  ]),
)

/** What pg hands over for a type of the database, in the words of tables.ts. */
const expected: Record<string, RegExp> = {
  text: /^string$/,
  boolean: /^boolean$/,
  numeric: /^number$/,
  integer: /^number$/,
  smallint: /^number$/,
  bigint: /^(string|Id)$/,
  'timestamp with time zone': /^(Time|Now)$/,
  jsonb: /^Json(OrDefault)?</,
  date: /^string$/,
  ARRAY: /^string\[\]$/,
}

let client: pg.Client
let drop: () => Promise<void>
const columns = new Map<string, Column[]>()
const checks = new Map<string, string[]>()

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  const { rows } = await client.query<Column & { table: string }>(`
    select table_name as table, column_name as name, data_type as type, is_nullable = 'YES' as nullable,
      is_nullable = 'YES' or column_default is not null or is_identity = 'YES' as optional
    from information_schema.columns where table_schema = 'public' and table_name !~ '^(kysely_|touchpoints_)' order by ordinal_position`)
  for (const row of rows) columns.set(row.table, [...(columns.get(row.table) ?? []), row])
  const { rows: constraints } = await client.query<{ table: string; text: string }>(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as text from pg_constraint where contype = 'c'`,
  )
  for (const { table, text } of constraints) {
    const column = /^CHECK \(\(\(?(\w+) = ANY/.exec(text)?.[1]
    if (column)
      checks.set(`${table}.${column}`, [...text.matchAll(/'([^']+)'::text/g)].map(([, word]) => word ?? '').sort())
  }
})
afterAll(async () => {
  await client.end()
  await drop()
})

test('the same tables', () => {
  expect([...declaredTables.keys()].sort()).toEqual([...columns.keys()].sort())
})

describe.each([...declaredTables.keys()])('%s', (table) => {
  const types = declaredTables.get(table) ?? new Map<string, Declared>()
  const real = () => columns.get(table) ?? []

  test('the same columns', () => {
    expect([...types.keys()].sort()).toEqual(
      real()
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('null, defaults and types agree', () => {
    const wrong = real().filter(({ name, type, nullable, optional }) => {
      const column = types.get(name)
      // A column with a default may still be asked of everybody here; one without must be.
      return (
        !column || column.nullable !== nullable || (column.optional && !optional) || !expected[type]?.test(column.type)
      )
    })
    expect(wrong.map(({ name, type }) => `${name} is ${type}, declared ${JSON.stringify(types.get(name))}`)).toEqual([])
  })

  test('the words that a check allows are the words of the union', () => {
    for (const [name, { words }] of types) expect([name, words]).toEqual([name, checks.get(`${table}.${name}`) ?? null])
  })
})
