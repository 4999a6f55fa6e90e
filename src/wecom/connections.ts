import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

export type Connections = {
  /** Own connections for each API, so that one that hangs does not hold up the others. */
  of(path: string): { httpAgent: HttpAgent; httpsAgent: HttpsAgent }
  /** True once the other side was reached over this socket (with TLS: once it had proved who it is). */
  reached(socket: object | null | undefined): boolean
  close(): void
}

// Errands go out in bursts: as many connections as were used at once are kept for the next one. The delay before a probe is
// the one that axios sets: with another one the two would tell the kernel anew, for each request.
const options = { keepAlive: true, keepAliveMsecs: 60_000, maxSockets: 32, maxFreeSockets: 32 }

export const createConnections = (): Connections => {
  const pools = new Map<string, { httpAgent: HttpAgent; httpsAgent: HttpsAgent }>()
  const established = new WeakSet<object>()

  const watched = <Agent extends HttpAgent>(agent: Agent, event: 'connect' | 'secureConnect'): Agent => {
    const connect = agent.createConnection.bind(agent)
    return Object.assign(agent, {
      createConnection: (...how: Parameters<typeof connect>) => {
        const socket = connect(...how)
        socket?.once(event, () => established.add(socket))
        return socket
      },
    })
  }
  const create = () => ({
    httpAgent: watched(new HttpAgent(options), 'connect'),
    httpsAgent: watched(new HttpsAgent({ ...options, minVersion: 'TLSv1.2' }), 'secureConnect'),
  })

  return {
    of: (path) => {
      const pool = pools.get(path) ?? create()
      pools.set(path, pool)
      return pool
    },
    reached: (socket) => Boolean(socket && established.has(socket)),
    close: () => {
      for (const pool of pools.values()) for (const agent of Object.values(pool)) agent.destroy()
      pools.clear()
    },
  }
}
