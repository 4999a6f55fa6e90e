import axios, { AxiosHeaders, type AxiosResponse } from 'axios'
import { createConnections } from './connections.ts'
import { withDeadline } from './deadline.ts'
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
  const connections = createConnections()
  // Its transport alone: what axios does around it (merging of configurations, interceptors, transforms) is not used and costs a
  // third of a call.
  const transport = axios.getAdapter('http')
  const common = {
    ...axios.defaults,
    baseURL: `${new URL(baseUrl).origin}${new URL(baseUrl).pathname.replace(/\/+$/, '')}/cgi-bin/`,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    proxy: false as const,
    decompress: false,
    responseType: 'arraybuffer' as const,
    validateStatus: () => true,
    maxBodyLength: 25 * megabyte,
  }
  const always = { Accept: 'application/json', 'Accept-Encoding': 'identity', 'User-Agent': 'yinqiao' }

  const send = async ({ path, method, query, body, signal, maxBytes = 10 * megabyte }: HttpRequest) => {
    const { httpAgent, httpsAgent } = connections.of(path)
    const headers = new AxiosHeaders(
      typeof body === 'string' ? { ...always, 'Content-Type': 'application/json' } : always,
    )
    const params = new URLSearchParams(query)
    const config = { ...common, method, url: path, params, data: body, headers, httpAgent, httpsAgent }
    try {
      return await withDeadline({ ms: timeoutMs, signals: [signal] }, async (total): Promise<AxiosResponse<Buffer>> =>
        transport({ ...config, signal: total, maxContentLength: maxBytes }),
      )
    } catch (error) {
      throw scrubbed(path, error, connections.reached)
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
    close: connections.close,
  }
}

/** Codes that can only come before the request went out. */
const early = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/

/** A request that waited for a connection, or for the other side to prove who it is, has not been read by anybody. */
const scrubbed = (
  path: string,
  error: unknown,
  reached: (socket: object | null | undefined) => boolean,
): NetworkError => {
  const { code, request } = error as { code?: unknown; request?: { socket?: object | null } | null }
  const word = typeof code === 'string' && /^[A-Z0-9_]{1,50}$/.test(code) ? code : 'no answer'
  const unsent = early.test(word) || (request ? !reached(request.socket) : false)
  return new NetworkError({ outcome: unsent ? 'not_sent' : 'unknown', path, code: word })
}
