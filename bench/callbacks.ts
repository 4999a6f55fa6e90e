import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import pg from 'pg'
import { startEmbedded } from '../src/store/embedded.ts'
import { runServer } from './run-server.ts'
import { benchCorp, signedCallbacks, type Signed } from './signed.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 8)
const connections = 64

type Figure = { name: string; perSecond: number; p50: number; p99: number; failed: number }

/** Callbacks acknowledged per second at 64 connections: ours (each one durable first) against three that store nothing, in one run. */
export const benchCallbacks = async (): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'yinqiao-bench-'))
  const postgres = await startEmbedded({ dataDir: dir })
  const signed = signedCallbacks(120_000, benchCorp)
  const ours = {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(dir, 'data'),
    ROLE: 'web',
    WECOM_API_URL: 'http://127.0.0.1:9',
    WECOM_CORP_ID: benchCorp.corpId,
    WECOM_AGENT_ID: '1',
    WECOM_APP_SECRET: 'bench',
    WECOM_CALLBACK_TOKEN: benchCorp.token,
    WECOM_CALLBACK_AES_KEY: benchCorp.aesKey,
    ADMIN_API_KEY: 'bench-admin-key-0123456789',
  }
  try {
    const figures = [
      await measure('(a) bare Koa, reads the body', 'bare', { signed }),
      await measure(...yardstick, { signed }),
      await measure('(c) node-easywechat', 'easywechat', { signed }),
      await measure('Yinqiao, every callback durable', 'yinqiao', { signed, environment: ours }),
    ]
    await mustBeStored(postgres.url, figures.at(-1) as Figure)
    return figures
  } finally {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

type Load = { signed: Signed[]; environment?: Record<string, string> }
const yardstick = ['(b) Koa + @wecom/crypto + fast-xml-parser', 'wecom-crypto'] as const

/** Callbacks a second of (b) alone: how fast this machine is at this moment. It varies by a factor of three on a shared one. */
export const measureYardstick = async (): Promise<number> =>
  (await measure(...yardstick, { signed: signedCallbacks(60_000, benchCorp) })).perSecond

const measure = async (name: string, server: string, { signed, environment }: Load): Promise<Figure> => {
  const { port, stop } = await runServer(server, environment)
  let next = 0
  const shoot = (duration: number) =>
    autocannon({
      url: `http://127.0.0.1:${port}`,
      connections,
      duration,
      method: 'POST',
      requests: [{ setupRequest: (request) => ({ ...request, ...signed[next++ % signed.length] }) }],
    })
  try {
    await shoot(1)
    const result = await shoot(seconds)
    const failed = result.non2xx + result.errors
    return {
      name,
      perSecond: result['2xx'] / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
      failed,
    }
  } finally {
    await stop()
  }
}

/** An acknowledgement without a row would be a lie: the rows are counted. */
const mustBeStored = async (url: string, figure: Figure): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from inbox')
  await client.end()
  const stored = rows[0]?.count ?? 0
  if (stored < Math.min(figure.perSecond * seconds * 0.9, 100_000))
    throw new Error(`only ${stored} callbacks were stored`)
}

export const callbackTable = (figures: Figure[]): string => {
  const base = figures.find(({ name }) => name.startsWith('(b)'))?.perSecond ?? 1
  const line = (f: Figure) =>
    `| ${f.name} | ${Math.round(f.perSecond)} | ${(f.perSecond / base).toFixed(2)} | ${f.p50} ms | ${f.p99} ms | ${f.failed} |`
  return [
    '| server, 64 connections | acknowledged/s | ratio to (b) | p50 | p99 | failed |',
    '|---|---|---|---|---|---|',
    ...figures.map(line),
  ].join('\n')
}

if (import.meta.main) console.log(callbackTable(await benchCallbacks()))
