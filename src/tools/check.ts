import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What must hold of the code by reading it, the slowest first. */
const steps: Readonly<Record<string, string>> = {
  types: 'tsc --pretty false --noEmit --incremental --tsBuildInfoFile node_modules/.cache/tsc.tsbuildinfo',
  'layers, documents, packages': 'vitest run --config tests/static.config.ts',
  'generated files': 'node src/tools/generate.ts --check',
  lint: 'oxlint --type-aware --deny-warnings',
  'dead code': 'knip',
  format: 'oxfmt --list-different',
}

type Result = { name: string; code: number | null; seconds: string; output: string }

const run = (name: string, command: string): Promise<Result> =>
  new Promise((done) => {
    const started = performance.now()
    const PATH = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
    const child = spawn(command, { shell: true, cwd: root, env: { ...process.env, PATH, FORCE_COLOR: '0' } })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const end = (code: number | null): void =>
      done({ name, code, seconds: ((performance.now() - started) / 1000).toFixed(1), output })
    child.once('error', () => end(1))
    child.once('close', end)
  })

/** `npm run check`: two steps at a time, all of them whatever fails; what a step says is shown when it failed. */
const main = async (): Promise<void> => {
  const waiting = Object.entries(steps)
  const failed: string[] = []
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name, code, seconds, output } = await run(...next)
      console.log(`${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)${code === 0 ? '' : `\n\n${output.trim()}\n`}`)
      if (code !== 0) failed.push(name)
    }
  }
  await Promise.all([worker(), worker()])
  console.log(failed.length > 0 ? `\nFailed: ${failed.join('; ')}` : '\nAll is well.')
  process.exitCode = failed.length > 0 ? 1 : 0
}

await main()
