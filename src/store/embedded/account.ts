import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync, statSync } from 'node:fs'

/** Who the server runs as, when that is not the user who started us. */
export type Account = { uid: number; gid: number }

/**
 * PostgreSQL refuses to run as root, so root lends it an unprivileged user: the owner of the cluster that is there already,
 * else the machine's `nobody`. Everybody else runs it himself (null).
 */
export const serverAccount = (clusterDir: string): Account | null => {
  if (process.getuid?.() !== 0) return null
  return ownerOf(clusterDir) ?? unprivileged()
}

/** What `spawn` and `execFile` need to run something as the account. */
export const asAccount = (account: Account | null) => (account ? { uid: account.uid, gid: account.gid } : {})

/** The path under which the server's account finds a directory that may lie below one it cannot enter. */
export const pathFor = (dir: string, account: Account | null): string => {
  if (!account || canEnter(dir, account)) return dir
  // The server is started with this working directory before it gives up root, and never leaves it.
  if (existsSync('/proc/self/cwd')) return '/proc/self/cwd'
  throw new Error(
    `The database's user (uid ${account.uid}) cannot enter ${dir}. Set DATA_DIR to a directory that it can reach.`,
  )
}

export const giveTo = (path: string, account: Account | null): void => {
  chmodSync(path, 0o700)
  if (account) chownSync(path, account.uid, account.gid)
}

/** The little that the server needs of our environment: no PG… variable of the user's shell may bend it. */
export const serverEnv = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  TZ: 'UTC',
  ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
})

const canEnter = (dir: string, account: Account): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir], { cwd: '/', stdio: 'ignore', ...asAccount(account) })
    return true
  } catch {
    return false
  }
}

const ownerOf = (dir: string): Account | null => {
  const found = statSync(dir, { throwIfNoEntry: false })
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null
}

const unprivileged = (): Account => {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['nobody', 'daemon']) {
    const [uid, gid] = (users.find(([name]) => name === wanted) ?? []).slice(2, 4).map(Number)
    // macOS gives `nobody` the number -2, which chown does not take.
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid }
  }
  return { uid: 65534, gid: 65534 }
}
