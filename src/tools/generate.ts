import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artefacts } from './generate/artefacts.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** `node src/tools/generate.ts` writes every generated file; with `--check` it only says which are stale, and exits with 1. */
const main = async (check: boolean): Promise<void> => {
  const stale: string[] = []
  for (const { path, text } of await artefacts()) {
    const file = join(root, path)
    const have = existsSync(file) ? await readFile(file, 'utf8') : null
    if (have === text) continue
    stale.push(path)
    if (check) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  if (stale.length === 0) return console.log('Generated files are fresh.')
  console.log(check ? `Stale, run npm run generate: ${stale.join(', ')}` : `Written: ${stale.join(', ')}`)
  if (check) process.exitCode = 1
}

await main(process.argv.includes('--check'))
