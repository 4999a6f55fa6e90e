import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ReadRuleset } from '../../routing/ruleset/ruleset.ts'
import { diffText } from './diff-text.ts'
import { mergeYaml } from './merge-yaml.ts'
import { placed, readRuleset } from './read-ruleset.ts'
import { ServerRefused, serverOf, type Put } from './server.ts'
import { isUncommitted } from './uncommitted.ts'

/** What a command has to say, and the code it ends with: 0 done, 1 not done. */
export type Ended = { lines: string[]; code: 0 | 1 }
export type Ask = {
  file: string
  environment: Record<string, string | undefined>
  at?: string | undefined
  note?: string | undefined
  force?: boolean | undefined
}

/** What publishing the file would change. */
export const diff = async ({ file, environment }: Ask): Promise<Ended> => {
  const read = readRuleset(file)
  if ('errors' in read) return failed(read.errors)
  const { version, ruleset } = await serverOf(environment).active()
  const lines = diffText(ruleset, read.ruleset)
  const title = lines.length > 0 ? `版本 ${version} → ${file}` : `${file} 与生效的版本 ${version} 一致`
  return { lines: [title, ...lines], code: 0 }
}

/** Puts the file on the server as a new version; nothing is sent when it has a mistake or says what is in force anyway. */
export const publish = async ({ file, environment, at, note }: Ask): Promise<Ended> => {
  const read = readRuleset(file)
  if ('errors' in read) return failed(read.errors)
  const server = serverOf(environment)
  const { version, ruleset } = await server.active()
  const changes = diffText(ruleset, read.ruleset)
  if (changes.length === 0) return { lines: [`${file} 与生效的版本 ${version} 一致，没有发布`], code: 0 }
  try {
    const put = await server.put(read.ruleset, {
      note: note ?? `config publish ${file}`,
      ...(at && { activateAt: at }),
    })
    return { lines: [...changes, ...put.warnings.map((one) => `! ${placed(read, one)}`), published(put)], code: 0 }
  } catch (error) {
    if (!(error instanceof ServerRefused)) throw error
    return failed([error.message, ...mistakes(read, error)])
  }
}

const mistakes = (read: ReadRuleset, { errors }: ServerRefused): string[] => errors.map((one) => placed(read, one))

const published = ({ version, state, activateAt }: Put): string => {
  if (state === 'active') return `已发布为版本 ${version}，立即生效`
  if (state === 'scheduled') return `已存为版本 ${version}，${activateAt} 自动生效`
  const then = activateAt ? `，复核后 ${activateAt} 生效` : '，复核后生效'
  return `已存为版本 ${version}，等待另一位管理员复核（POST /api/v1/routing/versions/${version}/approve）${then}`
}

/** Writes the rule set in force into the file, which stays readable; what git does not have is not overwritten without `force`. */
export const pull = async ({ file, environment, force = false }: Ask): Promise<Ended> => {
  const { version, ruleset } = await serverOf(environment).active()
  const path = resolve(file)
  const old = existsSync(path) ? readFileSync(path, 'utf8') : null
  const read = old === null ? null : readRuleset(file)
  if (read && 'ruleset' in read && isDeepStrictEqual(read.ruleset, ruleset))
    return { lines: [`${file} 与生效的版本 ${version} 一致，没有改动`], code: 0 }
  if (old !== null && !force && isUncommitted(path))
    return failed([`${file} 里有尚未提交到 git 的内容，没有覆盖；请先提交，或加 --force`])
  const changes = read && 'ruleset' in read ? diffText(read.ruleset, ruleset) : []
  writeWhole(path, mergeYaml(old, ruleset))
  return { lines: [...changes, `已把版本 ${version} 写入 ${file}`], code: 0 }
}

/** A half-written file would stop the next start. */
const writeWhole = (path: string, text: string): void => {
  const half = `${path}.${process.pid}.tmp`
  writeFileSync(half, text)
  renameSync(half, path)
}

const failed = (lines: string[]): Ended => ({ lines: lines.map((line) => `✘ ${line}`), code: 1 })
