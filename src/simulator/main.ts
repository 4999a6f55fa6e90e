import { z } from 'zod'
import { createSimulator } from './create-simulator.ts'
import { exampleCorp } from './example-corp.ts'
import type { Corp } from './model/world.ts'

/** The simulator as a process of its own: settings from `SIM_*`, one line of JSON when it is ready. */
const Settings = z.object({
  SIM_HOST: z.string().default('127.0.0.1'),
  SIM_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SIM_CALLBACK_URL: z.url().optional(),
  SIM_CORP_ID: z.string().min(1).optional(),
  SIM_AGENT_ID: z.coerce.number().int().min(1).optional(),
  SIM_SECRET: z.string().min(1).optional(),
  SIM_TOKEN: z
    .string()
    .regex(/^[0-9A-Za-z]{1,32}$/)
    .optional(),
  SIM_AES_KEY: z
    .string()
    .regex(/^[0-9A-Za-z]{43}$/)
    .optional(),
  SIM_SEED: z.coerce.number().int().optional(),
  SIM_MODE: z.literal(['documented', 'lenient']).default('documented'),
  /** `empty` starts without the example bank. */
  SIM_PEOPLE: z.literal(['example', 'empty']).default('example'),
  SIM_LIVE_URL: z.url().optional(),
  SIM_LIVE_KEY: z.string().optional(),
})

const read = Settings.safeParse(process.env)
if (!read.success) {
  for (const { path, message } of read.error.issues) process.stderr.write(`${path.join('.')}: ${message}\n`)
  process.exit(1)
}
const env = read.data

const named = {
  corpId: env.SIM_CORP_ID,
  agentId: env.SIM_AGENT_ID,
  secret: env.SIM_SECRET,
  token: env.SIM_TOKEN,
  aesKey: env.SIM_AES_KEY,
}
const corp = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as Partial<Corp>

const simulator = await createSimulator({
  host: env.SIM_HOST,
  port: env.SIM_PORT,
  corp,
  mode: env.SIM_MODE,
  log: (line) => process.stderr.write(`${line}\n`),
  ...(env.SIM_PEOPLE === 'example' ? { people: exampleCorp() } : {}),
  ...(env.SIM_CALLBACK_URL ? { callbackUrl: env.SIM_CALLBACK_URL } : {}),
  ...(env.SIM_SEED === undefined ? {} : { seed: env.SIM_SEED }),
  ...(env.SIM_LIVE_URL && env.SIM_LIVE_KEY ? { live: { url: env.SIM_LIVE_URL, key: env.SIM_LIVE_KEY } } : {}),
})

/** Secrets that were made anew are told, once, to whoever started this process; given ones are not repeated. */
const { corpId, agentId, secret, token, aesKey } = simulator.control.corp
const made = Object.fromEntries(Object.entries({ secret, token, aesKey }).filter(([key]) => !(key in corp)))
process.stdout.write(`${JSON.stringify({ url: simulator.url, corpId, agentId, ...made })}\n`)

const stop = (): void => void simulator.close().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
