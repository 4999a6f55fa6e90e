import { createHash } from 'node:crypto'
import { statSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * One process per data directory. The lock is a listening socket that dies with its process (Linux: an abstract Unix socket,
 * Windows: a named pipe, elsewhere a socket file whose silence proves it stale), so no crash leaves it behind.
 * Whoever connects is told the holder's process id. Rejects with a sentence for people when the directory is taken.
 */
export const lockDirectory = async (dir: string): Promise<() => Promise<void>> => {
  const address = addressOf(dir)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(address)
    if (server) return () => new Promise((done) => server.close(() => done()))
    const holder = await ask(address)
    if (holder !== null) throw taken(dir, holder)
    if (process.platform === 'darwin') unlinkSync(address)
  }
  throw taken(dir, '')
}

const addressOf = (dir: string): string => {
  const { dev, ino } = statSync(dir, { bigint: true })
  // Windows has no inode worth the name for every drive; the path will do.
  const identity = process.platform === 'win32' ? dir.toLowerCase() : `${dev}:${ino}`
  const name = `yinqiao-${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name)
}

const listen = (address: string): Promise<Server | null> =>
  new Promise((done, failed) => {
    const server = createServer((visitor) => {
      visitor.on('error', () => {})
      visitor.end(String(process.pid))
    })
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(null) : failed(error)))
    server.listen(address, () => {
      server.unref()
      done(server)
    })
  })

/** The holder's process id, '' when he is there but too busy to answer, null when nobody is. */
const ask = (address: string): Promise<string | null> =>
  new Promise((done) => {
    const socket = connect(address)
    let answer = ''
    socket.setTimeout(300, () => {
      socket.destroy()
      done(answer)
    })
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('end', () => done(answer))
    socket.on('error', () => done(null))
  })

const taken = (dir: string, holder: string): Error =>
  new Error(
    `The data directory ${dir} is in use by ${/^\d+$/.test(holder) ? `process ${holder}` : 'another process'}. ` +
      'Stop that process first, or give this one another DATA_DIR. Several processes share one database through DATABASE_URL.',
  )
