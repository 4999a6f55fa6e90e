import { parse } from 'csv-parse'
import type { Db } from '../store/open.ts'
import { importColumns, readLine, type ImportRow, type Rejected } from './import-line.ts'
import { importRows } from './import-rows.ts'

export type Imported = { accepted: number; rejected: Rejected[] }

/** The file as a whole cannot be used; the message says why and what to do. */
export class BadCustomerFile extends Error {
  override name = 'BadCustomerFile'
}

const batchSize = 500
/** Somebody else stored or locked the same customers meanwhile: unique violation, deadlock. */
const crossed = new Set<unknown>(['23505', '40P01'])

/**
 * Imports a customer file (at most a few megabytes, already in memory): CSV in UTF-8, with or without BOM, or
 * GB18030 as Excel writes it. Good lines are stored in batches, bad ones are answered with their line; doing it
 * again changes nothing more. `db` must not be a transaction. Throws `BadCustomerFile`.
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
  for await (const row of readRows(decode(file))) {
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

type Parsed = { record: string[]; info: { lines: number } }

async function* readRows(text: string): AsyncGenerator<ImportRow | Rejected> {
  const { lines, rejected } = soundLines(text)
  const options = { info: true, relax_column_count: true, skip_empty_lines: true }
  let header: string[] | null = null
  for await (const { record, info } of parse(lines.join('\n'), options) as AsyncIterable<Parsed>) {
    if (!header) {
      header = checkHeader(record)
      continue
    }
    if (record.length === header.length)
      yield readLine(info.lines, Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])))
    else yield { line: info.lines, message: `应有 ${header.length} 列，实有 ${record.length} 列` }
  }
  if (!header) throw new BadCustomerFile(`文件是空的，第一行应为表头：${importColumns.join(',')}`)
  yield* rejected
}

const longestLine = 8_192
const soundLine = /^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/

/**
 * No column may hold a line break, so a line is a record. Lines with a stray quote are taken out (an empty line
 * keeps the count) before the parser sees them: to it one open quote is the rest of the file.
 */
const soundLines = (text: string): { lines: string[]; rejected: Rejected[] } => {
  const rejected: Rejected[] = []
  const lines = text.split(/\r\n|\n|\r/).map((content, index) => {
    const sound = content.length <= longestLine && (!content.includes('"') || soundLine.test(content))
    if (!sound) rejected.push({ line: index + 1, message: '引号不成对、单元格内换行，或这一行过长' })
    return sound ? content : ''
  })
  return { lines, rejected }
}

const checkHeader = (record: readonly string[]): string[] => {
  const given = record.map((name) => name.trim().toLowerCase())
  const missing = importColumns.filter((name) => !given.includes(name))
  const unknown = given.length - (importColumns.length - missing.length)
  if (missing.length > 0) throw new BadCustomerFile(`表头缺少：${missing.join(',')}`)
  if (unknown > 0) throw new BadCustomerFile(`表头有多余或重复的列，只能是：${importColumns.join(',')}`)
  return given
}

const decode = (file: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    return decodeChinese(file)
  }
}

const decodeChinese = (file: Uint8Array): string => {
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(file).replace(/^\ufeff/, '')
  } catch {
    throw new BadCustomerFile('文件编码无法识别，请另存为 UTF-8 或 GB18030 的 CSV')
  }
}
