import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { problemsIn } from '../routing/reading/problems.ts'
import { fileProblemText, readYaml, type FileProblem } from '../routing/reading/yaml-source.ts'

const days = z.int().min(1).max(730)
const Bands = z
  .array(z.int().min(1))
  .min(1)
  .max(10)
  .refine((edges) => edges.every((edge, index) => index === 0 || edge > (edges[index - 1] as number)), '从小到大写')

const Definitions = z.strictObject({
  valueEvents: z
    .array(z.string().regex(/^app\.[0-9A-Za-z_.-]{1,60}$/, '写作 app.deposit'))
    .max(50)
    .describe('算作成交的 app.* 触点'),
  windowDays: days.describe('漏斗：上一步之后多少天内走到下一步'),
  lookbackDays: days.describe('归因：转化之前多少天内的进线'),
  keptDays: days.describe('有效连接：保留满多少天，且在添加前后同样天数内有往来'),
  quickLossHours: z.int().min(1).max(720).describe('即加即删：添加后多少小时内流失'),
  manyManagers: z.int().min(2).max(100).describe('一客多加：几位客户经理起提示'),
  burstAdds: z.int().min(2).max(10_000).describe('突增：一小时内添加多少位起提示'),
  horizonDays: days.describe('对比：之后观察多少天'),
  tenureDays: Bands.describe('对比：客龄分档的边界（天）'),
  activityWeeks: z.int().min(1).max(52).describe('对比：活跃度看之前几周'),
  activityTouches: Bands.describe('对比：活跃度分档的边界（应用触点数）'),
})
export type Definitions = Readonly<z.infer<typeof Definitions>>

/** JSON Schema of config/figures.yaml, for editors. */
export const figuresSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(Definitions, { io: 'input' }),
  title: '引桥经营数据口径',
})

/** The definitions file is wrong; every mistake with its line and column. */
export class BadDefinitions extends Error {
  override name = 'BadDefinitions'
}

/** Reads config/figures.yaml; throws `BadDefinitions`. */
export const readDefinitions = (path: string): Definitions => {
  const read = parseFiguresYaml(readFileSync(path, 'utf8'), path)
  if ('errors' in read) throw new BadDefinitions(read.errors.map(fileProblemText).join('\n'))
  return read.definitions
}

export const parseFiguresYaml = (
  yaml: string,
  file: string,
): { definitions: Definitions } | { errors: FileProblem[] } => {
  const read = readYaml(yaml, file)
  if ('errors' in read) return read
  const problems = problemsIn(Definitions, read.source.value)
  if (problems.length > 0) return { errors: problems.map(read.source.place) }
  return { definitions: Definitions.parse(read.source.value) }
}

/** Counted by which rules and which code: another value means that everything is counted again. */
export const fingerprint = (definitions: Definitions, zone: string): string =>
  createHash('sha256')
    .update(JSON.stringify([version, definitions, zone]))
    .digest('hex')

/** Raise it when the counting itself changes. */
const version = 2
