import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Owner = {
  process: ChildProcess
  /** The server's process id and address. */
  server: number
  url: string
  /** The highest number whose commit was acknowledged. */
  acked(): number
  /** The line `refused …`, when it was. */
  refused: string | null
  /** How long it took until it was ready or refused, in ms. */
  took: number
  stop(): Promise<void>
}

type Options = { dataDir: string; src?: string; script?: string; node?: string } & Pick<
  SpawnOptions,
  'uid' | 'gid' | 'cwd'
>

const child = fileURLToPath(new URL('embedded-child.ts', import.meta.url))

/** Starts embedded-child.ts in a process group of its own and waits until it is ready or refused. */
export const startOwner = async ({
  dataDir,
  src,
  script = child,
  node = process.execPath,
  ...as
}: Options): Promise<Owner> => {
  const began = performance.now()
  const started = spawn(node, [script, dataDir, ...(src ? [src] : [])], {
    ...as,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const owner = {
    process: started,
    server: 0,
    url: '',
    refused: null as string | null,
    took: 0,
    acked: () => acked,
    stop: async () => {},
  }
  let acked = 0
  let errors = ''
  started.stderr.on('data', (chunk) => (errors += chunk))
  const exited = once(started, 'exit')
  owner.stop = async () => {
    started.stdin.end()
    await exited
  }
  await new Promise<void>((done, failed) => {
    exited.then(() => (owner.refused === null ? failed(new Error(`the owner ended: ${errors}`)) : done()), failed)
    createInterface(started.stdout).on('line', (line) => {
      const [word, ...rest] = line.split(' ')
      if (word === 'acked') acked = Number(rest[0])
      if (word === 'refused') owner.refused = rest.join(' ')
      if (word === 'ready') [owner.server, owner.url] = [Number(rest[0]), rest[1] ?? '']
      if (word === 'ready' || word === 'refused') {
        owner.took = performance.now() - began
        done()
      }
    })
  })
  return owner
}
