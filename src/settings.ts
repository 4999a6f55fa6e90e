import { isIPv6 } from 'node:net'
import { z } from 'zod'

const flag = (text: string) => ({ error: text })
/** Digits alone: read more kindly, a blank would be 0, and that turns a check off or takes any port. */
const whole = (advice: string, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}) =>
  z
    .string()
    .regex(/^\d{1,16}$/, advice)
    .transform(Number)
    .pipe(z.number().min(least, advice).max(most, advice))
const port = whole('give a port number, e.g. 3000', { most: 65_535 })
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const url = z
  .url({ protocol: /^https?$/, error: 'give a full address such as https://bank.example' })
  .transform((text) => text.replace(/\/+$/, ''))
const key32 = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'give 32 bytes in base64: openssl rand -base64 32')

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  PUBLIC_URL: url.optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'give postgres://user:password@host/database')
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'give redis://host:6379')
    .optional(),
  ROLE: z.enum(['all', 'web', 'worker'], flag('choose all, web or worker')).default('all'),
  WECOM_API_URL: url.default('https://qyapi.weixin.qq.com'),
  WECOM_CORP_ID: z.string().min(1).optional(),
  WECOM_AGENT_ID: whole('give the AgentId number of the self-built app').optional(),
  WECOM_APP_SECRET: z.string().min(1).optional(),
  WECOM_CALLBACK_TOKEN: z
    .string()
    .regex(/^[0-9A-Za-z]{1,32}$/, 'give the Token of 接收消息: 1-32 letters and digits')
    .optional(),
  WECOM_CALLBACK_AES_KEY: z
    .string()
    .regex(/^[0-9A-Za-z]{43}$/, 'give the EncodingAESKey of 接收消息: exactly 43 letters and digits')
    .optional(),
  CALLBACK_MAX_AGE_S: whole('give a number of seconds; 0 turns the check off').default(3600),
  ADMIN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'give at least 8 characters without spaces, better 32: openssl rand -hex 32')
    .optional(),
  SECRET_KEY: key32.optional(),
  ROUTING_FILE: z.string().default('config/routing.yaml'),
  TZ_BUSINESS: z.string().default('Asia/Shanghai').refine(isTimeZone, 'give an IANA time zone such as Asia/Shanghai'),
  KF_POLL_S: whole('give a number of seconds, 1 to 86400', { least: 1, most: 86_400 }).default(60),
  LOG_LEVEL: z.enum(levels, flag(`choose one of ${levels.join(', ')}`)).default('info'),
})

const corpParts = ['WECOM_AGENT_ID', 'WECOM_APP_SECRET', 'WECOM_CALLBACK_TOKEN', 'WECOM_CALLBACK_AES_KEY'] as const

const Complete = Environment.superRefine((env, problems) => {
  const missing = (path: string, message: string) => problems.addIssue({ code: 'custom', path: [path], message })
  if (env.WECOM_CORP_ID)
    for (const name of corpParts)
      if (env[name] === undefined)
        missing(name, 'is needed with WECOM_CORP_ID (unset WECOM_CORP_ID to play with the simulator)')
  if (!env.WECOM_CORP_ID && env.ROLE !== 'all') missing('WECOM_CORP_ID', 'is needed when ROLE is web or worker')
  if (env.DATABASE_URL && !env.SECRET_KEY)
    missing('SECRET_KEY', 'is needed with DATABASE_URL: all processes must share it (openssl rand -base64 32)')
  if (env.ROLE !== 'all' && !env.DATABASE_URL) missing('DATABASE_URL', 'is needed when ROLE is web or worker')
})

export type Settings = Readonly<z.infer<typeof Environment>>

/** A start that cannot be: every problem at once, one line each, naming the variable and the fix; never its value. */
export class BadSettings extends Error {
  override name = 'BadSettings'
}

/** Reads the environment. An empty variable counts as unset. Throws `BadSettings`. */
export const readSettings = (environment: Record<string, string | undefined>): Settings => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = Complete.safeParse(given)
  if (read.success) return Object.freeze(read.data)
  const lines = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new BadSettings(`Cannot start, ${lines.length} setting(s) to mend:\n  ${lines.join('\n  ')}`)
}

/** How browsers and WeCom reach this process. */
export const publicUrl = (settings: Settings): string =>
  settings.PUBLIC_URL ?? `http://${isIPv6(settings.HOST) ? `[${settings.HOST}]` : settings.HOST}:${settings.PORT}`

/** The self-built app as WeCom's console shows it. */
export type Corp = { baseUrl: string; corpId: string; agentId: number; secret: string; token: string; aesKey: string }

/** For settings with a `WECOM_CORP_ID`: the others were checked together with it. */
export const corpOf = (settings: Settings): Corp => ({
  baseUrl: settings.WECOM_API_URL,
  corpId: settings.WECOM_CORP_ID as string,
  agentId: settings.WECOM_AGENT_ID as number,
  secret: settings.WECOM_APP_SECRET as string,
  token: settings.WECOM_CALLBACK_TOKEN as string,
  aesKey: settings.WECOM_CALLBACK_AES_KEY as string,
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
