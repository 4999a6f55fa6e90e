import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnGuarded } from '../../src/store/embedded/guard.ts'
import { freePort } from './port.ts'

export type RedisServer = {
  url: string
  pid: number
  /** SIGTERM, then waits for the end. */
  stop(): Promise<void>
  /** For faults: SIGSTOP, SIGCONT, SIGKILL. */
  signal(name: NodeJS.Signals): Promise<void>
}

/** A real Redis without persistence on 127.0.0.1. It ends with this process, also when that is killed. */
export const startRedis = async ({
  program,
  dir,
  port,
}: {
  program: string
  dir: string
  port?: number
}): Promise<RedisServer> => {
  const at = port ?? (await freePort())
  const args = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  const output = openSync(join(dir, `redis-${at}.log`), 'a')
  const guard = spawnGuarded({ program, args, cwd: dir, account: null, output, signal: 'TERM' })
  const gone = once(guard, 'exit')
  const pid = await answering(at, guard)
  const signal = async (name: NodeJS.Signals) => {
    process.kill(pid, name)
    if (name === 'SIGKILL') await gone
  }
  const stop = async () => {
    if (guard.exitCode !== null) return
    process.kill(pid, 'SIGCONT')
    process.kill(pid, 'SIGTERM')
    await gone
  }
  return { url: `redis://127.0.0.1:${at}`, pid, stop, signal }
}

/** The process id that the server itself reports; rejects when it ends before it answers. */
const answering = async (port: number, guard: ChildProcess): Promise<number> => {
  while (guard.exitCode === null) {
    const pid = /process_id:(\d+)/.exec(await ask(port, 'INFO server\r\n'))?.[1]
    if (pid) return Number(pid)
    await sleep(20)
  }
  throw new Error(`redis-server ended at once (exit code ${guard.exitCode}); is port ${port} taken?`)
}

const ask = (port: number, command: string): Promise<string> =>
  new Promise((done) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(command))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
      if (answer.includes('process_id') && answer.endsWith('\r\n')) socket.end()
    })
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('close', () => done(answer))
  })
