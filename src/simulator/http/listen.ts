import http from 'node:http'
import type { AddressInfo } from 'node:net'

export type Listening = {
  port: number
  /** Nobody listens any more (connections are refused), until it listens again on the same port. */
  refuse(): Promise<void>
  again(): Promise<void>
  close(): Promise<void>
}

const taken = (host: string, port: number): string =>
  `Port ${port} on ${host}, where the WeCom simulator was to listen, is taken: stop what listens there, or set PORT (the simulator takes the one after it)`

/** Serves on a host and port (0 finds a free one). */
export const listen = async (
  handler: http.RequestListener,
  ask: { host: string; port: number },
): Promise<Listening> => {
  let server = http.createServer(handler)
  const open = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new Error(taken(ask.host, port)) : error),
      )
      server.listen(port, ask.host, () => resolve())
    })
  const shut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await open(ask.port)
  const { port } = server.address() as AddressInfo
  const again = (): Promise<void> => {
    server = http.createServer(handler)
    return open(port)
  }
  return { port, refuse: shut, again, close: shut }
}
