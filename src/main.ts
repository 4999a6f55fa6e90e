import pino from 'pino'
import { startApp, type App } from './app.ts'
import { BadSettings, readSettings, type Settings } from './settings.ts'

const parent = process.ppid

/** Starts the process; ends it in an orderly way on SIGTERM or SIGINT, and with one clear sentence when it cannot start. */
const main = async (): Promise<void> => {
  const settings = settingsOrExit()
  const log = pino(
    { level: settings.LOG_LEVEL },
    pino.destination({ dest: settings.WECOM_CORP_ID ? 1 : 2, sync: true }),
  )
  let app: App
  try {
    app = await startApp({ settings, log })
  } catch (error) {
    process.stderr.write(`\n引桥无法启动 Yinqiao cannot start:\n${(error as Error).message}\n`)
    process.exit(1)
  }
  greet(app, settings)
  const end = once(async () => {
    await app.stop()
    process.exit(0)
  })
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  endWithNpm(end)
}

/**
 * A SIGTERM to `npm start` reaches the shell between npm and us, which dies of it and passes nothing on. Staying would keep
 * the port and the data folder from whoever starts next.
 */
const endWithNpm = (end: () => void): void => {
  if (process.env['npm_lifecycle_event'] !== 'start') return
  setInterval(() => {
    if (process.ppid !== parent) end()
  }, 500).unref()
}

const settingsOrExit = (): Settings => {
  try {
    return readSettings(process.env)
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const once = (work: () => Promise<void>) => {
  let begun = false
  return (): void => {
    if (begun) return
    begun = true
    void work()
  }
}

const greet = (app: App, settings: Settings): void => {
  const lines = [
    '',
    `  引桥 Yinqiao 已启动  ${app.url}`,
    ...(app.simulator
      ? [
          '',
          `  ▶ 在浏览器打开  ${app.simulator.url}`,
          '    左边是客户的微信，右边是客户经理的企业微信，中间说明引桥做了什么、为什么。',
        ]
      : [`  回调地址 Callback  ${app.url}/wecom/callback`]),
    '',
    `  API 文档  ${app.url}/api/docs`,
    ...(app.newAdminKey ? [`  管理密钥（仅显示这一次，请妥善保存）  ${app.newAdminKey}`] : []),
    ...(settings.ROLE === 'all' ? [] : [`  角色 ROLE=${settings.ROLE}`]),
    '',
    '',
  ]
  process.stdout.write(lines.join('\n'))
}

await main()
