import { stringify } from 'csv-stringify/sync'
import type { Context } from 'koa'

type Cell = string | number | null
export type CsvFile = { name: string; header: readonly string[]; rows: readonly (readonly Cell[])[] }

/** `format=csv` says it plainly; without a `format`, whoever would rather have CSV than JSON. */
export const wantsCsv = (ctx: Context): boolean => {
  const { format } = ctx.query
  return format === undefined ? ctx.accepts(['application/json', 'text/csv']) === 'text/csv' : format === 'csv'
}

/**
 * For Excel: UTF-8 with its mark, and a text that begins like a formula is kept from being one. Numbers are written as they are,
 * a minus is no formula.
 */
export const sendCsv = (ctx: Context, { name, header, rows }: CsvFile): void => {
  const number = (value: number) => ({ value: String(value), escape_formulas: false })
  ctx.set('Content-Disposition', `attachment; filename="${name}.csv"`)
  ctx.type = 'text/csv; charset=utf-8'
  ctx.body = stringify([header, ...rows] as Cell[][], {
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: { number },
  })
}
