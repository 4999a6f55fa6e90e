import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Tells the bench where this server listens. */
export const report = (server: Server): void => {
  server.on('listening', () => process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`))
}
