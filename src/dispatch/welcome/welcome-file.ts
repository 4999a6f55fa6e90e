import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Condition } from '../../routing/conditions/condition-schema.ts'
import { conditionProblems } from '../../routing/ruleset/cross-check.ts'
import { beyondLimits } from '../../routing/reading/limits.ts'
import { Key, Name } from '../../routing/ruleset/names.ts'
import { pathText, problemsIn, type Path, type Problem } from '../../routing/reading/problems.ts'
import { fileProblemText, readYaml, type FileProblem } from '../../routing/reading/yaml-source.ts'

/** What a welcome's text may name. */
export const welcomePlaceholders = ['customer', 'manager', 'branch', 'account'] as const

const most = { text: 4000, attachments: 9 }
const text = (bytes: number) =>
  z
    .string()
    .trim()
    .min(1, '不能为空')
    .refine((words) => Buffer.byteLength(words) <= bytes, `最多 ${bytes} 字节（约 ${Math.floor(bytes / 3)} 个汉字）`)

/** A file of config/media/; its ending says what it is. */
const media = (endings: string) =>
  z.string().regex(new RegExp(`^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,98}\\.(${endings})$`, 'iu'), {
    error: `写 config/media/ 里的文件名，以 .${endings.replaceAll('|', '、.')} 结尾`,
  })

const Attachment = z
  .strictObject({
    image: media('jpg|jpeg|png').optional().describe('图片，10 MB 以内'),
    video: media('mp4').optional().describe('视频，10 MB 以内'),
    file: media('pdf|docx|xlsx|pptx|txt|zip').optional().describe('文件，20 MB 以内'),
    link: z
      .strictObject({
        title: text(128),
        url: z.url('写完整的网址'),
        desc: text(512).optional(),
        picture: z.url('写完整的网址').optional(),
      })
      .optional()
      .describe('图文链接'),
    miniprogram: z
      .strictObject({
        title: text(64),
        appid: z.string().min(1).max(32),
        page: z.string().min(1).max(1024),
        cover: media('jpg|jpeg|png').describe('封面，建议 520×416'),
      })
      .optional()
      .describe('小程序，须已与企业关联'),
  })
  .refine((one) => Object.keys(one).length === 1, '每个附件恰好写一种：image、video、file、link 或 miniprogram')
  .meta({ id: 'Attachment' })
export type WelcomeAttachment = z.infer<typeof Attachment>

const said = {
  text: text(most.text)
    .optional()
    .describe(`可以用 ${welcomePlaceholders.map((name) => `{${name}}`).join('、')}`),
  attachments: z.array(Attachment).min(1).max(most.attachments, '最多 9 个附件').optional(),
}
const saysSomething = (greeting: { text?: unknown; attachments?: unknown }) =>
  greeting.text !== undefined || greeting.attachments !== undefined
const nothing = 'text 和 attachments 至少写一个'

const WelcomeRule = z
  .strictObject({ key: Key, name: Name, when: Condition, ...said })
  .refine(saysSomething, nothing)
  .meta({ id: 'WelcomeRule' })
const WelcomeFile = z.strictObject({
  unnamed: text(60)
    .regex(/^[^{}]+$/, '这里没有可替换的内容')
    .optional()
    .describe('不知道客户姓名时 {customer} 换成的称呼，例如 尊敬的客户'),
  rules: z.array(WelcomeRule).max(1_000).optional().describe('自上而下，第一条符合的生效'),
  fallback: z.strictObject(said).refine(saysSomething, nothing).describe('都不符合时'),
})
export type WelcomeFile = z.infer<typeof WelcomeFile>

/** JSON Schema of config/welcome.yaml, for editors. */
export const welcomeSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(WelcomeFile, { io: 'input' }),
  title: '引桥新好友欢迎语',
})

export class BadWelcome extends Error {
  override name = 'BadWelcome'
}

/** Reads config/welcome.yaml; throws `BadWelcome` with every mistake and its place. */
export const readWelcome = (path: string): WelcomeFile => {
  const read = parseWelcomeYaml(readFileSync(path, 'utf8'), path)
  if ('errors' in read) throw new BadWelcome(read.errors.map(fileProblemText).join('\n'))
  return read.welcome
}

type Read = { welcome: WelcomeFile; place(problem: Problem): FileProblem }
/** `calendars`: those of the rule set, for `within`; without it calendars are not looked at. */
export const parseWelcomeYaml = (
  yaml: string,
  file: string,
  calendars?: readonly string[],
): Read | { errors: FileProblem[] } => {
  const read = readYaml(yaml, file)
  if ('errors' in read) return read
  const { value, place } = read.source
  const problems = problemsOf(value ?? {}, calendars)
  return problems.length > 0 ? { errors: problems.map(place) } : { welcome: value as WelcomeFile, place }
}

const problemsOf = (value: unknown, calendars?: readonly string[]): Problem[] => {
  const tooBig = beyondLimits(value)
  if (tooBig.length > 0) return tooBig
  const misshapen = problemsIn(WelcomeFile, value)
  if (misshapen.length > 0) return misshapen
  const { rules = [], fallback } = value as WelcomeFile
  return [
    ...rules.flatMap(({ when }, index) => conditionProblems(when, ['rules', index, 'when'], calendars)),
    ...rules.flatMap((rule, index) => unknownPlaceholders(rule.text, ['rules', index, 'text'])),
    ...unknownPlaceholders(fallback.text, ['fallback', 'text']),
    ...sameKeys(rules),
    ...namelessHoles(value as WelcomeFile),
  ]
}

const unknownPlaceholders = (words: string | undefined, path: Path): Problem[] => {
  const used = [...(words ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  const known: readonly string[] = welcomePlaceholders
  return [...new Set(used)]
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path,
      message: `${pathText(path)} 里不认识 {${name}}；这里可以用 ${known.map((one) => `{${one}}`).join('、')}`,
      of: 'value' as const,
    }))
}

/** Whom nobody knows yet would read a hole in the place of his name. */
const namelessHoles = ({ unnamed, rules = [], fallback }: WelcomeFile): Problem[] => {
  const told = [
    ...rules.map((rule, index) => ({ words: rule.text, path: ['rules', index, 'text'] })),
    { words: fallback.text, path: ['fallback', 'text'] },
  ]
  const first = told.find(({ words }) => words?.includes('{customer}'))
  if (unnamed !== undefined || !first) return []
  const message = `${pathText(first.path)} 用了 {customer}：请在文件开头写 unnamed，即不知道姓名时的称呼，例如 unnamed: 尊敬的客户`
  return [{ path: first.path, message, of: 'value' as const }]
}

const sameKeys = (rules: NonNullable<WelcomeFile['rules']>): Problem[] =>
  rules.flatMap(({ key }, index) =>
    rules.findIndex((rule) => rule.key === key) < index || key === 'fallback'
      ? [{ path: ['rules', index, 'key'], message: `键 "${key}" 重复，或是 fallback`, of: 'value' as const }]
      : [],
  )

/** The files of config/media/ that welcomes need, and as what. */
export const mediaOf = ({
  rules = [],
  fallback,
}: WelcomeFile): { file: string; type: 'image' | 'video' | 'file' }[] => {
  const found = [...rules, fallback]
    .flatMap(({ attachments = [] }) => attachments)
    .flatMap(({ image, video, file, miniprogram }) => [
      ...[image, miniprogram?.cover].map((name) => ({ file: name, type: 'image' as const })),
      { file: video, type: 'video' as const },
      { file, type: 'file' as const },
    ])
  const named = found.filter((one): one is { file: string; type: 'image' | 'video' | 'file' } => one.file !== undefined)
  return [...new Map(named.map((one) => [`${one.type}/${one.file}`, one])).values()]
}
