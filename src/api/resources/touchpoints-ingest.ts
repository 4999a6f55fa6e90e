import { z } from 'zod'
import { BadCsvFile, csvRows, type CsvRow } from '../../crm/csv-rows.ts'
import { ingest, type AppTouchpoint, type Ingested } from '../../crm/ingest.ts'
import type { Db } from '../../store/open.ts'
import type { Shared } from '../../store/shared.ts'
import { AppTouchpointBody, readAppTouchpoint } from '../touchpoints/app-touchpoint.ts'
import { unsound } from '../http/plain-text.ts'
import { invalid } from '../http/problem.ts'
import { csv, json, route, type Route } from '../http/route.ts'

const most = 1_000
/** A thousand with 4 KB of data each. */
const bodyLimit = 6 * 1_048_576
const fileLimit = 10 * 1_048_576

const counts = { accepted: z.int(), duplicates: z.int().meta({ description: 'Their keys had come before' }) }
const IngestAnswer = z
  .object({ ...counts, rejected: z.array(z.object({ index: z.int(), message: z.string() })) })
  .meta({ id: 'IngestReport' })
const FileAnswer = z
  .object({ ...counts, rejected: z.array(z.object({ line: z.int(), message: z.string() })) })
  .meta({ id: 'TouchpointImportReport' })

const columns = {
  required: ['key', 'kind', 'at'],
  optional: ['client_no', 'unionid', 'external_userid', 'channel', 'data'],
  longestLine: 16_384,
}

const tag = '触点'
const roles = ['admin', 'app'] as const
type Deps = { db: Db; shared: Shared; now: () => Date }

/** What happens in the bank's own app: told by its programs, recorded beside what happens in WeCom. */
export const touchpointIngestRoutes = (deps: Deps): Route[] => [
  route({
    method: 'POST',
    path: '/touchpoints',
    roles,
    doc: {
      tag,
      summary: "Record touchpoints of the bank's own programs",
      description:
        'One, or up to 1,000 at once. Good ones are recorded, bad ones are answered with their place. Posting again is harmless: ' +
        'a `key` counts once. A client who is not known yet is made.',
    },
    body: json(z.unknown(), {
      limit: bodyLimit,
      shown: z.union([AppTouchpointBody, z.array(AppTouchpointBody).max(most)]),
    }),
    answer: IngestAnswer,
    run: async ({ body }) => {
      const { good, bad } = sorted(listed(body).map((one) => readAppTouchpoint(one, deps.now())))
      return { ...(await store(deps, good)), rejected: bad.map(({ at, message }) => ({ index: at, message })) }
    },
  }),
  route({
    method: 'POST',
    path: '/touchpoints/import',
    roles,
    doc: {
      tag,
      summary: 'Record touchpoints from CSV',
      description:
        `At most 10 MB, UTF-8 or GB18030, header \`${columns.required.join(',')}\` and any of \`${columns.optional.join(',')}\` in any ` +
        'order; `data` holds JSON. The rules are those of `POST /touchpoints`; importing again is harmless.',
    },
    body: csv(fileLimit),
    answer: FileAnswer,
    run: async ({ body }) => importFile(deps, body),
  }),
]

const listed = (body: unknown): unknown[] => {
  if (Array.isArray(body)) {
    if (body.length <= most) return body
    throw invalid([{ path: '', message: `一次最多 ${most} 条` }])
  }
  if (typeof body === 'object' && body !== null) return [body]
  throw invalid([{ path: '', message: '应为一个触点或触点列表' }])
}

type Read = AppTouchpoint | { message: string }

const sorted = (all: readonly Read[]) => {
  const good: AppTouchpoint[] = []
  const bad: { at: number; message: string }[] = []
  for (const [at, one] of all.entries()) {
    if ('message' in one) bad.push({ at, message: one.message })
    else good.push(one)
  }
  return { good, bad }
}

/** Whoever watches the live line sees them at once. */
const store = async ({ db, shared }: Deps, touchpoints: readonly AppTouchpoint[]): Promise<Ingested> => {
  const ingested = await ingest(db, touchpoints)
  if (ingested.accepted > 0) shared.publish('live', '')
  return ingested
}

const importFile = async (deps: Deps, file: Uint8Array): Promise<z.input<typeof FileAnswer>> => {
  const report: z.input<typeof FileAnswer> = { accepted: 0, duplicates: 0, rejected: [] }
  let batch: AppTouchpoint[] = []
  const flush = async () => {
    const { accepted, duplicates } = await store(deps, batch)
    report.accepted += accepted
    report.duplicates += duplicates
    batch = []
  }
  try {
    for await (const row of csvRows(file, columns)) {
      const read = 'message' in row ? row : readAppTouchpoint(valueOf(row), deps.now())
      if ('message' in read) report.rejected.push({ line: row.line, message: read.message })
      else if (batch.push(read) === most) await flush()
    }
  } catch (error) {
    if (error instanceof BadCsvFile) throw invalid([{ path: '', message: error.message }])
    throw error
  }
  await flush()
  report.rejected.sort((a, b) => a.line - b.line)
  return report
}

/** A line as it would be posted; an empty cell is left out. */
const valueOf = ({ cells }: CsvRow): Record<string, unknown> => {
  const value = {
    key: cells['key'],
    kind: cells['kind'],
    at: cells['at'],
    clientNo: cells['client_no'],
    unionid: cells['unionid'],
    externalUserId: cells['external_userid'],
    channel: cells['channel'],
  }
  const filled = Object.fromEntries(
    Object.entries(value).flatMap(([name, cell]) => (cell?.trim() ? [[name, cell.trim()]] : [])),
  )
  return cells['data']?.trim() ? { ...filled, data: dataOf(cells['data']) } : filled
}

/** What is not JSON stays text, which the schema refuses with a word about it. */
const dataOf = (cell: string): unknown => {
  try {
    const read: unknown = JSON.parse(cell)
    return unsound(read) ? cell : read
  } catch {
    return cell
  }
}
