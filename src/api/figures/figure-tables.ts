import type { z } from 'zod'
import type { CsvFile } from '../http/csv-file.ts'
import type { AttributionAnswer, ComparisonAnswer, ConnectionsAnswer, FunnelAnswer } from './figure-answers.ts'

const stageNames = ['应用触点', '进线', '会话', '客户经理回复', '邀请', '添加', '成交']
const total = ['合计', '']
const keyOf = ({ key, name }: { key: string | null; name: string | null }) => [key ?? '（无）', name ?? '']

export const funnelTable = (answer: z.output<typeof FunnelAnswer>): CsvFile => ({
  name: 'funnel',
  header: ['分组', '名称', ...stageNames.flatMap((name) => [name, `${name}（来自上一步）`])],
  rows: [
    ...answer.rows.map((row) => [
      ...keyOf(row),
      ...row.stages.flatMap(({ persons, fromPrevious }) => [persons, fromPrevious]),
    ]),
    [...total, ...answer.total.flatMap(({ persons, fromPrevious }) => [persons, fromPrevious])],
  ],
})

export const attributionTable = (answer: z.output<typeof AttributionAnswer>): CsvFile => ({
  name: 'attribution',
  header: ['分组', '名称', '有触点的转化', '首次触点', '末次触点', '线性'],
  rows: [
    ...answer.rows.map((row) => [...keyOf(row), row.conversions, row.first, row.last, row.linear]),
    [...total, answer.conversions, answer.conversions, answer.conversions, answer.conversions],
  ],
})

export const connectionsTable = (answer: z.output<typeof ConnectionsAnswer>): CsvFile => {
  const columns = {
    raw: '添加',
    first: '首次添加',
    client: '行内客户',
    kept: `保留满 ${answer.keptDays} 天`,
    pending: '未满期',
    spoke: '有往来',
    effective: '有效连接',
    quickLosses: '即加即删',
    persons: '客户数',
  }
  const names = Object.keys(columns) as (keyof typeof columns)[]
  return {
    name: 'connections',
    header: ['分组', '名称', ...Object.values(columns)],
    rows: [
      ...answer.rows.map((row) => [...keyOf(row), ...names.map((name) => row[name])]),
      [...total, ...names.map((name) => answer.total[name])],
    ],
  }
}

/** The cells, then the result and its warnings: a file that is passed on takes them along. */
export const comparisonTable = (answer: z.output<typeof ComparisonAnswer>): CsvFile => {
  const blank = (cells: (string | number | null)[]) => [...cells, ...Array<string>(7 - cells.length).fill('')]
  const { difference } = answer
  const result = difference
    ? [
        blank(['已连接转化率', difference.connected]),
        blank(['未连接转化率（同类加权）', difference.unconnected]),
        blank(['差异', difference.difference, '95% 区间', difference.low, difference.high]),
      ]
    : []
  return {
    name: 'comparison',
    header: ['客群', '客龄', '活跃度', '已连接客户', '其中成交', '未连接客户', '其中成交'],
    rows: [
      ...answer.strata.map(({ segment, tenure, activity, connected, unconnected }) => [
        segment,
        tenure,
        activity,
        connected.n,
        connected.converted,
        unconnected.n,
        unconnected.converted,
      ]),
      ...result,
      ...answer.warnings.map((warning) => blank([warning])),
    ],
  }
}
