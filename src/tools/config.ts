import { parseArgs } from 'node:util'
import { checkConfig } from './config/check-config.ts'
import { diff, publish, pull, type Ask, type Ended } from './config/commands.ts'
import { configFiles } from './config/files.ts'
import { ServerRefused } from './config/server.ts'

const usage = `用法：npm run config check [routing.yaml]      检查 config/*.yaml，错误带行号和列号
      npm run config diff [routing.yaml]       与服务器上生效的规则相比有什么不同
      npm run config publish [routing.yaml]    发布为新版本；可加 -- --at 2026-12-01T09:00:00+08:00 --note 说明
      npm run config pull [routing.yaml]       取回生效的规则；会覆盖尚未提交的改动时须加 -- --force
服务器地址与管理密钥取自环境变量 YINQIAO_URL（默认 http://127.0.0.1:3000）和 YINQIAO_KEY。`

/** config/*.yaml as the start reads it, every mistake with file, line and column. */
const check = async ({ file }: Ask): Promise<Ended> => {
  const { errors, warnings } = checkConfig(configFiles(file), { now: new Date() })
  const summary =
    errors.length > 0 ? `${errors.length} 处错误，${warnings.length} 处提示` : `没有错误，${warnings.length} 处提示`
  const lines = [...errors.map((line) => `✘ ${line}`), ...warnings.map((line) => `! ${line}`), summary]
  return { lines, code: errors.length > 0 ? 1 : 0 }
}

const commands: Record<string, (ask: Ask) => Promise<Ended>> = { check, diff, publish, pull }
const options = { at: { type: 'string' }, note: { type: 'string' }, force: { type: 'boolean' } } as const

/** Ends with 0 when it is done, 1 when a mistake or the server is in the way, 2 for a command that there is not. */
const main = async (args: string[]): Promise<void> => {
  const asked = read(args)
  if (!asked) {
    console.error(usage)
    process.exitCode = 2
    return
  }
  try {
    const { lines, code } = await asked.run(asked.ask)
    for (const line of lines) console.log(line)
    process.exitCode = code
  } catch (error) {
    if (!(error instanceof ServerRefused)) throw error
    console.error(`✘ ${error.message}`)
    process.exitCode = 1
  }
}

const read = (args: string[]): { run: (ask: Ask) => Promise<Ended>; ask: Ask } | null => {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [command = '', file = process.env['ROUTING_FILE'] || 'config/routing.yaml', ...rest] = positionals
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined
    return run && rest.length === 0 ? { run, ask: { ...values, file, environment: process.env } } : null
  } catch {
    return null
  }
}

await main(process.argv.slice(2))
