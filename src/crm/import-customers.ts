import type { Db } from '../store/open.ts'
import { csvRows, type Rejected } from './csv-rows.ts'
import { importColumns, readLine, type ImportRow } from './import-line.ts'
import { importRows } from './import-rows.ts'

export type Imported = { accepted: number; rejected: Rejected[] }

const batchSize = 500
/** Somebody else stored or locked the same customers meanwhile: unique violation, deadlock. */
const crossed = new Set<unknown>(['23505', '40P01'])

/**
 * Imports a customer file (at most a few megabytes, already in memory): CSV in UTF-8, with or without BOM, or
 * GB18030 as Excel writes it. Good lines are stored in batches, bad ones are answered with their line; doing it
 * again changes nothing more. `db` must not be a transaction. Throws `BadCsvFile`.
 */
export const importCustomers = async (db: Db, file: Uint8Array): Promise<Imported> => {
  const imported: Imported = { accepted: 0, rejected: [] }
  const seen = new Map<string, number>()
  let batch: ImportRow[] = []
  const store = async () => {
    const refused = await storeBatch(db, batch)
    imported.accepted += batch.length - refused.length
    imported.rejected.push(...refused)
    batch = []
  }
  for await (const record of csvRows(file, { required: importColumns })) {
    const row = 'message' in record ? record : readLine(record.line, record.cells)
    const refused = 'message' in row ? row : twice(row, seen)
    if (refused) imported.rejected.push(refused)
    else if (batch.push(row as ImportRow) === batchSize) await store()
  }
  await store()
  imported.rejected.sort((a, b) => a.line - b.line)
  return imported
}

const storeBatch = async (db: Db, rows: readonly ImportRow[]): Promise<Rejected[]> => {
  const refused = await attempt(db, rows)
  if (refused) return refused
  const singly: Rejected[] = []
  for (const row of rows) singly.push(...(await storeOne(db, row)))
  return singly
}

/** Whoever crossed us has committed by then, so a repetition finds what he stored; only a real contradiction remains. */
const storeOne = async (db: Db, row: ImportRow): Promise<Rejected[]> => {
  for (let tries = 0; tries < 5; tries++) {
    const refused = await attempt(db, [row])
    if (refused) return refused
  }
  return [{ line: row.line, message: '客户标识已被另一位客户占用，请核对后重新导入这一行' }]
}

/** Null when somebody crossed it: nothing is stored then. */
const attempt = async (db: Db, rows: readonly ImportRow[]): Promise<Rejected[] | null> => {
  if (rows.length === 0) return []
  try {
    return await db.transaction().execute((trx) => importRows(trx, rows))
  } catch (error) {
    if (crossed.has((error as { code?: unknown }).code)) return null
    throw error
  }
}

/** A name that stands in two lines of one file is a mistake of the file: the later line is rejected. */
const twice = (row: ImportRow, seen: Map<string, number>): Rejected | null => {
  const keys = (['external_userid', 'client_no', 'unionid'] as const).flatMap((name) =>
    row[name] ? `${name}:${row[name]}` : [],
  )
  const earlier = keys.map((key) => seen.get(key)).find((line) => line !== undefined)
  if (earlier !== undefined) return { line: row.line, message: `与第 ${earlier} 行重复` }
  for (const key of keys) seen.set(key, row.line)
  return null
}
