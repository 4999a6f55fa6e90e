import { parse } from 'csv-parse'

/** A record's cells by column; columns that the file has not are ''. `line` is its line in the file. */
export type CsvRow = { line: number; cells: Record<string, string> }
export type Rejected = { line: number; message: string }

/** The file as a whole cannot be used; the message says why and what to do. */
export class BadCsvFile extends Error {
  override name = 'BadCsvFile'
}

/** Column names in the order that people are shown; the file may have them in any order. */
export type CsvColumns = {
  required: readonly string[]
  optional?: readonly string[]
  /** Characters of the longest line that is read, 8,192 unless told. */
  longestLine?: number
}

type Parsed = { record: string[]; info: { lines: number } }

/**
 * The records of a CSV file (at most a few megabytes, already in memory) in UTF-8, with or without BOM, or GB18030 as Excel
 * writes it. Lines that are no record come as rejected, at the end. Throws `BadCsvFile`.
 */
export async function* csvRows(file: Uint8Array, columns: CsvColumns): AsyncGenerator<CsvRow | Rejected> {
  const { lines, rejected } = soundLines(decode(file), columns.longestLine ?? 8_192)
  const options = { info: true, relax_column_count: true, skip_empty_lines: true }
  let header: string[] | null = null
  for await (const { record, info } of parse(lines.join('\n'), options) as AsyncIterable<Parsed>) {
    if (!header) {
      header = checkHeader(record, columns)
      continue
    }
    if (record.length === header.length) yield { line: info.lines, cells: cellsOf(record, header, columns) }
    else yield { line: info.lines, message: `应有 ${header.length} 列，实有 ${record.length} 列` }
  }
  if (!header) throw new BadCsvFile(`文件是空的，第一行应为表头：${allOf(columns).join(',')}`)
  yield* rejected
}

const allOf = ({ required, optional = [] }: CsvColumns): string[] => [...required, ...optional]

const cellsOf = (
  record: readonly string[],
  header: readonly string[],
  columns: CsvColumns,
): Record<string, string> => ({
  ...Object.fromEntries((columns.optional ?? []).map((name) => [name, ''])),
  ...Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])),
})

const soundLine = /^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/

/**
 * No column may hold a line break, so a line is a record. Lines with a stray quote are taken out (an empty line
 * keeps the count) before the parser sees them: to it one open quote is the rest of the file.
 */
const soundLines = (text: string, longestLine: number): { lines: string[]; rejected: Rejected[] } => {
  const rejected: Rejected[] = []
  const lines = text.split(/\r\n|\n|\r/).map((content, index) => {
    const sound = content.length <= longestLine && (!content.includes('"') || soundLine.test(content))
    if (!sound) rejected.push({ line: index + 1, message: '引号不成对、单元格内换行，或这一行过长' })
    return sound ? content : ''
  })
  return { lines, rejected }
}

const checkHeader = (record: readonly string[], columns: CsvColumns): string[] => {
  const given = record.map((name) => name.trim().toLowerCase())
  const known = allOf(columns)
  const missing = columns.required.filter((name) => !given.includes(name))
  if (missing.length > 0) throw new BadCsvFile(`表头缺少：${missing.join(',')}`)
  if (given.some((name, at) => !known.includes(name) || given.indexOf(name) !== at))
    throw new BadCsvFile(`表头有多余或重复的列，只能是：${known.join(',')}`)
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
    throw new BadCsvFile('文件编码无法识别，请另存为 UTF-8 或 GB18030 的 CSV')
  }
}
