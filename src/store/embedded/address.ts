import { createHash, randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { giveTo, pathFor, type Account } from './account.ts'

export type Address = {
  /** What pg connects to: a directory (with the socket in it) or, on Windows, 127.0.0.1. */
  host: string
  port: number
  password?: string
  /** The server's settings that make it listen there, and nowhere else. */
  settings: string[]
}

/**
 * Where the cluster's server listens: on a Unix socket in a 0700 directory, which needs no password; on Windows (which has no such
 * sockets for Node) on a free local port with one.
 */
export const addressOf = async (dir: string, account: Account | null): Promise<Address> => {
  if (process.platform === 'win32') {
    const port = await freePort()
    const password = readFileSync(passwordFile(dir), 'utf8').trim()
    return { host: '127.0.0.1', port, password, settings: ['listen_addresses=127.0.0.1', `port=${port}`] }
  }
  const host = socketDir(dir, account)
  const where = host === dir ? pathFor(dir, account) : host
  return { host, port: 5432, settings: ['listen_addresses=', 'port=5432', `unix_socket_directories=${where}`] }
}

/** The file with the superuser's password, for servers on a port; it is made before the cluster. */
export const passwordFile = (dir: string): string => {
  const file = join(dirname(dir), 'postgres.password')
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  return file
}

/** Beside the data if the kernel's 107 bytes allow it, else a short directory of our own under the system's temporary one. */
const socketDir = (dir: string, account: Account | null): string => {
  if (Buffer.byteLength(dir) + '/.s.PGSQL.5432.lock'.length <= 100) return dir
  const short = join(tmpdir(), `yinqiao-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`)
  mkdirSync(short, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(short)
  const mine = process.getuid?.()
  if (uid !== mine && uid !== account?.uid)
    throw new Error(`${short} belongs to another user; remove it or set TMPDIR or a shorter DATA_DIR.`)
  giveTo(short, account)
  return short
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
