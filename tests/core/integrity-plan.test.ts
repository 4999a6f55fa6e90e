import { afterAll, beforeAll, expect, test } from 'vitest'
import { gapsQuery } from '../../src/ledger/integrity.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { freshDatabase, tempDir } from '../ground/ground.ts'

let store: Store
let drop: () => Promise<void>
beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  store = await openStore({ databaseUrl: fresh.url, dataDir: tempDir() })
})
afterAll(async () => {
  await store.stop()
  await drop()
})

type Node = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}
const scansOf = (node: Node): Node[] => [
  ...(node['Relation Name']?.startsWith('touchpoints') ? [node] : []),
  ...(node.Plans ?? []).flatMap(scansOf),
]

test('a week of 100,000 touchpoints, three alarms that nobody heard: the report reads three lines', async () => {
  await store.pool.query(
    `insert into touchpoints (at, kind, data)
     select now() - n * interval '5 seconds', case when n in (7, 70, 70000) then 'alarm.unheard' else 'message.received' end, '{"what": "x"}'
     from generate_series(1, 100000) n`,
  )
  await store.pool.query('analyze touchpoints')
  const { rows } = await store.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `explain (analyze, format json) ${gapsQuery}`,
    [200],
  )
  const scans = scansOf((rows[0] as { 'QUERY PLAN': [{ Plan: Node }] })['QUERY PLAN'][0].Plan)
  const made = scans.filter((scan) => scan['Actual Loops'] > 0)
  expect(made.reduce((sum, scan) => sum + scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0), 0)).toBe(3)
  for (const scan of made.filter((it) => it['Actual Rows'] > 0)) {
    expect(scan['Node Type']).toMatch(/^(Index|Bitmap Heap) /)
    if (scan['Index Name']) expect(scan['Index Name']).toMatch(/_at_idx\d*$/)
  }
})
