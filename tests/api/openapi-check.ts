import { expect } from 'vitest'
import { z } from 'zod'

type Schema = Record<string, unknown>
type Answer = { content?: Record<string, { schema?: Schema }> }
type Operation = { responses: Record<string, Answer>; [key: string]: unknown }
export type Document = {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}
type Real = { method: string; path: string; status: number; type: string; body: unknown }

/** Components become `$defs`, so that a schema can be read alone. */
const standalone = (document: Document, schema: Schema): Schema =>
  JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components?.schemas ?? {} }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    ),
  )

const readers = new WeakMap<Schema, z.ZodType>()

/**
 * Compares real answers with the OpenAPI document that the server itself gave: operation, status, content type and
 * body.
 */
export const openapiCheck = (document: Document) => {
  const patterns = Object.entries(document.paths).map(([path, operations]) => ({
    path,
    operations,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    fixed: path.split('/').filter((part) => !part.startsWith('{')).length,
  }))

  const operationOf = (method: string, path: string): Operation | undefined =>
    patterns
      .filter((one) => one.pattern.test(path) && one.operations[method.toLowerCase()])
      .toSorted((a, b) => b.fixed - a.fixed)[0]?.operations[method.toLowerCase()]

  return ({ method, path, status, type, body }: Real): void => {
    const where = `${method} ${path} ${status}`
    const operation = operationOf(method, path)
    if (!operation) {
      expect([404, 405], `${where}: not in the document`).toContain(status)
      return
    }
    const answer = operation.responses[String(status)]
    expect(answer, `${where}: this status is not in the document`).toBeDefined()
    const content = answer?.content
    if (!content) {
      expect(body, `${where}: nothing is to be answered`).toBeNull()
      return
    }
    const schema = content[type]?.schema
    expect(schema, `${where}: ${type} is not in the document`).toBeDefined()
    if (!schema) return
    const reader = readers.get(schema) ?? z.fromJSONSchema(standalone(document, schema))
    readers.set(schema, reader)
    const read = reader.safeParse(body)
    expect(read.success ? [] : read.error.issues, `${where}: the body is not as documented`).toEqual([])
  }
}
