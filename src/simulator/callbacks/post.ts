import http from 'node:http'
import https from 'node:https'
import type { Sealed } from './seal.ts'

export type Posted = { status: number | null; error: string | null; ms: number }

/** Posts one callback; cut off after `timeoutMs`. Never throws: what went wrong is in `error`. */
export const post = (
  url: string,
  sealed: Sealed,
  { timeoutMs, agent }: { timeoutMs: number; agent: http.Agent },
): Promise<Posted> =>
  new Promise((resolve) => {
    const began = performance.now()
    const done = (status: number | null, error: string | null): void =>
      resolve({ status, error, ms: Math.round(performance.now() - began) })
    const target = new URL(url)
    target.search = [target.search.slice(1), sealed.query].filter(Boolean).join('&')
    const send = target.protocol === 'https:' ? https.request : http.request
    const options = {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(sealed.body) },
      ...(target.protocol === 'http:' ? { agent } : {}),
    }
    const request = send(target, options, (response) => {
      response.resume()
      response.on('end', () => {
        clearTimeout(cut)
        done(response.statusCode ?? null, null)
      })
      response.on('error', (error) => done(null, error.message))
    })
    const cut = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    request.on('error', (error) => {
      clearTimeout(cut)
      done(null, error.message)
    })
    request.end(sealed.body)
  })
