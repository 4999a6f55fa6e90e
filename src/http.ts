import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import Router from 'koa-router'
import type { Logger } from 'pino'
import { answerEcho, takeCallback, type CallbackIntake } from './intake/callback.ts'

export type Http = { app: Koa; listen(at: { host: string; port: number }): Promise<number>; close(): Promise<void> }

/** Slow or endless requests are cut off; a callback is a few kilobytes and takes milliseconds. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
  keepAliveTimeout: 65_000,
}

/** The web server with WeCom's callback on it; `more` mounts the rest. */
export const createHttp = ({
  callback,
  more,
  log,
}: {
  callback: CallbackIntake
  more: (app: Koa) => void
  log: Logger
}): Http => {
  const app = new Koa()
  app.on('error', (error: Error & { code?: string }) => {
    // A client that leaves early is no trouble of ours.
    if (['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? '')) return
    log.error({ reason: `${error.name}: ${error.message}` }, 'a request failed')
  })
  const router = new Router()
  router.get('/wecom/callback', answerEcho(callback))
  router.post('/wecom/callback', takeCallback(callback))
  app.use(router.routes())
  app.use(router.allowedMethods())
  more(app)
  const handle = app.callback()
  const server = createServer(limits, (request, response) => void handle(request, response))
  return { app, listen: (at) => listen(server, at), close: () => close(server) }
}

const listen = (server: Server, { host, port }: { host: string; port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(refusals(host, port)[error.code ?? ''] ?? `HOST ${host}, PORT ${port}: ${error.message}`)),
    )
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })

const refusals = (host: string, port: number): Record<string, string> => {
  const nowhere = `HOST ${host} is no address of this machine: set HOST to one, such as 127.0.0.1, or 0.0.0.0 for all`
  return {
    EADDRINUSE: `Port ${port} on ${host} is taken: stop what listens there or set PORT`,
    EACCES: `Port ${port} may not be opened by this user: set PORT to 1024 or more`,
    EADDRNOTAVAIL: nowhere,
    ENOTFOUND: nowhere,
    EAI_AGAIN: nowhere,
  }
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Streams (the live line) never end by themselves.
    setTimeout(() => server.closeAllConnections(), 1_000).unref()
  })
