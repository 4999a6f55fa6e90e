import { z } from 'zod'
import { invalid } from './problem.ts'

/** What every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: '1-200' }),
  cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of the page before; opaque' }),
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }),
  })

type Place = readonly string[]
const Cursor = z.array(z.string())

/** A cursor names its list, so that it cannot be used on another one. */
const cursorFor = (list: string, place: Place): string =>
  Buffer.from(JSON.stringify([list, ...place])).toString('base64url')

/**
 * Where the page begins, as `schema` reads it; null for the first page. Throws 422 for a cursor that this list did
 * not give.
 */
export const placeIn = <Schema extends z.ZodType<unknown, Place>>(
  { list, schema }: { list: string; schema: Schema },
  cursor: string | undefined,
): z.output<Schema> | null => {
  if (cursor === undefined) return null
  const [given, ...place] = decode(cursor)
  const read = schema.safeParse(place)
  if (given !== list || !read.success) throw invalid([{ path: 'cursor', message: '不是这个列表给出的 cursor' }])
  return read.data
}

const decode = (cursor: string): string[] => {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    return []
  }
}

type Found<Row> = { list: string; rows: readonly Row[]; limit: number; place: (row: Row) => Place }

/** Makes a page of `limit + 1` rows: the one too many tells that there is a next page. */
export const page = <Row>({ list, rows, limit, place }: Found<Row>): { rows: Row[]; nextCursor: string | null } => {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { rows: kept, nextCursor: rows.length > limit && last !== undefined ? cursorFor(list, place(last)) : null }
}
