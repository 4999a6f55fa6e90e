import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type Ended = { code: number | null; out: string; err: string }

/** Runs `node src/tools/<tool>.ts …` as npm does, in the project's folder, with nothing of our own environment but PATH. */
export const runTool = (
  tool: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> =>
  new Promise((done, failed) => {
    const env = { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...environment }
    const child = spawn(process.execPath, [`src/tools/${tool}.ts`, ...args], { cwd: root, env })
    const ended: Ended = { code: null, out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()))
    child.once('error', failed)
    child.once('close', (code) => done({ ...ended, code }))
  })
