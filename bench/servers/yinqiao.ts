import pino from 'pino'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/settings.ts'

/** Yinqiao as it runs in production, without the limits of WeCom's calls: the bench asks more than one corp may. */
const settings = readSettings({
  SECRET_KEY: Buffer.alloc(32, 3).toString('base64'),
  PORT: '0',
  ...process.env,
})
const unlimited = [{ limit: 10_000_000, windowMs: 60_000 }]
const app = await startApp({ settings, log: pino({ level: 'error' }), budgets: { '*': unlimited, member: unlimited } })
process.stdout.write(`listening ${new URL(app.url).port}\n`)
