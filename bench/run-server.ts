import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type Running = { port: number; stop(): Promise<void> }

/** Starts one of the servers in a process of its own and waits until it listens. */
export const runServer = async (name: string, environment: Record<string, string> = {}): Promise<Running> => {
  const child = spawn(
    process.execPath,
    [
      ...(process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []),
      fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url)),
    ],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ${name} ended with ${code} before it listened`)))
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /listening (\d+)/.exec(chunk.toString())
      if (found) resolve(Number(found[1]))
    })
  })
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
    await ended
  }
  return { port, stop }
}
