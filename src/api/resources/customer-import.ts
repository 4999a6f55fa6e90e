import { z } from 'zod'
import { BadCsvFile } from '../../crm/csv-rows.ts'
import { importCustomers } from '../../crm/import-customers.ts'
import { importColumns } from '../../crm/import-line.ts'
import type { Db } from '../../store/open.ts'
import { invalid } from '../http/problem.ts'
import { csv, route, type Route } from '../http/route.ts'

const ImportAnswer = z
  .object({ accepted: z.int(), rejected: z.array(z.object({ line: z.int(), message: z.string() })) })
  .meta({ id: 'ImportReport' })

const tag = '客户'
const fileLimit = 10 * 1_048_576

/** The bank's customers from a file, good lines stored and bad ones told. */
export const customerImportRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'POST',
    path: '/customers/import',
    roles: ['admin'],
    doc: {
      tag,
      summary: 'Import customers from CSV',
      description:
        `At most 10 MB, UTF-8 or GB18030, with the header \`${importColumns.join(',')}\` (any order). Several tags are separated by ` +
        '`;` `|` or `、`. An empty cell leaves what is known. Good lines are stored, bad ones are answered; importing again is harmless.',
    },
    body: csv(fileLimit),
    answer: ImportAnswer,
    run: async ({ body }) => {
      try {
        return await importCustomers(db, body)
      } catch (error) {
        if (error instanceof BadCsvFile) throw invalid([{ path: '', message: error.message }])
        throw error
      }
    },
  }),
]
