import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import axios from 'axios'
import { NetworkError } from './error.ts'

export type HttpRequest = {
  method: 'GET' | 'POST'
  /** Without `/cgi-bin/`. */
  path: string
  query: Record<string, string>
  body?: string | FormData | undefined
  signal: AbortSignal
  /** Of the answer, in bytes. */
  maxBytes?: number | undefined
}
export type HttpReply = { contentType: string; disposition: string; bytes: Buffer }

export type Transport = {
  /** Throws `NetworkError` and nothing else: an error of axios would carry the token. */
  send(request: HttpRequest): Promise<HttpReply>
  close(): void
}

const megabyte = 1024 * 1024

/** Requests to one WeCom: no redirects, no proxy from the environment, no other origin, bounded in time and size. */
export const createTransport = ({ baseUrl, timeoutMs }: { baseUrl: string; timeoutMs: number }): Transport => {
  const pools = agentPools()
  const http = axios.create({
    adapter: 'http',
    baseURL: `${new URL(baseUrl).origin}${new URL(baseUrl).pathname.replace(/\/+$/, '')}/cgi-bin/`,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    proxy: false,
    decompress: false,
    responseType: 'arraybuffer',
    validateStatus: () => true,
    maxBodyLength: 25 * megabyte,
    headers: { Accept: 'application/json', 'Accept-Encoding': 'identity', 'User-Agent': 'yinqiao' },
  })

  const send = async ({ path, method, query, body, signal, maxBytes = 10 * megabyte }: HttpRequest) => {
    const { httpAgent, httpsAgent } = pools.of(path)
    const total = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const headers = typeof body === 'string' ? { 'Content-Type': 'application/json' } : {}
    const config = { method, url: path, params: new URLSearchParams(query), data: body, headers, httpAgent, httpsAgent }
    try {
      return await http.request<Buffer>({ ...config, timeout: timeoutMs, signal: total, maxContentLength: maxBytes })
    } catch (error) {
      throw scrubbed(path, error)
    }
  }

  return {
    send: async (request) => {
      const { status, headers, data } = await send(request)
      // A redirect or a refusal comes from something between WeCom and us, which did not pass the request on.
      const outcome = status >= 300 && status < 500 ? 'not_sent' : 'unknown'
      if (status !== 200) throw new NetworkError({ outcome, path: request.path, code: `HTTP ${status}` })
      const text = (name: string) => String(headers[name] ?? '')
      return { contentType: text('content-type'), disposition: text('content-disposition'), bytes: data }
    },
    close: pools.close,
  }
}

/** Own connections for each API, so that one that hangs does not hold up the others. */
const agentPools = () => {
  const pools = new Map<string, { httpAgent: HttpAgent; httpsAgent: HttpsAgent }>()
  const options = { keepAlive: true, maxSockets: 32, maxFreeSockets: 8 }
  const create = () => ({ httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent({ ...options, minVersion: 'TLSv1.2' }) })
  return {
    of: (path: string) => {
      const pool = pools.get(path) ?? create()
      pools.set(path, pool)
      return pool
    },
    close: () => {
      for (const pool of pools.values()) for (const agent of Object.values(pool)) agent.destroy()
      pools.clear()
    },
  }
}

/** Codes that can only come before the request went out. */
const early = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

type Request = { socket?: { bytesWritten?: number; connecting?: boolean } | null }

const scrubbed = (path: string, error: unknown): NetworkError => {
  const { code, request } = error as { code?: unknown; request?: Request | null }
  const word = typeof code === 'string' && /^[A-Z0-9_]{1,50}$/.test(code) ? code : 'no answer'
  const unsent = early.test(word) || (request !== undefined && !hasWritten(request))
  return new NetworkError({ outcome: unsent ? 'not_sent' : 'unknown', path, code: word })
}

/** A request that still waits for a connection has a socket that wrote nothing, or none. */
const hasWritten = (request: Request | null): boolean =>
  Boolean(request?.socket && !request.socket.connecting && request.socket.bytesWritten !== 0)
