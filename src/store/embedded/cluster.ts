import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { asAccount, giveTo, pathFor, serverEnv, type Account } from './account.ts'
import { passwordFile } from './address.ts'
import type { Binaries } from './binaries.ts'

type Cluster = { dir: string; binaries: Binaries; account: Account | null }

/** The cluster's superuser and database; both are ours alone, reached only through a socket in a 0700 directory. */
export const OWNER = 'yinqiao'

/**
 * Makes the cluster unless it is there. It is made beside its place and renamed when complete and on disk,
 * so a crash in the middle leaves only a draft that the next start removes.
 */
export const ensureCluster = async ({ dir, binaries, account }: Cluster): Promise<void> => {
  for (const name of readdirSync(dirname(dir))) {
    if (name.startsWith(`${basename(dir)}.draft-`)) rmSync(join(dirname(dir), name), { recursive: true, force: true })
  }
  if (existsSync(join(dir, 'PG_VERSION'))) return refuseOtherVersion(dir, binaries)
  const draft = `${dir}.draft-${process.pid}`
  mkdirSync(draft, { mode: 0o700 })
  giveTo(draft, account)
  await initdb({ dir: draft, binaries, account })
  renameSync(draft, dir)
}

const initdb = async ({ dir, binaries, account }: Cluster): Promise<void> => {
  // The builtin provider sorts and folds alike on every machine; LC_CTYPE other than C is what makes pg_trgm see Chinese.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--lc-collate=C', '--lc-messages=C']
  const args = [
    '-D',
    pathFor(dir, account),
    '-U',
    OWNER,
    '--encoding=UTF8',
    ...locale,
    ...(process.platform === 'linux' ? ['--lc-ctype=C.UTF-8'] : []),
    ...(process.platform === 'win32'
      ? ['--auth=scram-sha-256', `--pwfile=${passwordFile(dir)}`]
      : ['--auth-local=trust', '--auth-host=reject']),
    '--no-instructions',
  ]
  try {
    await promisify(execFile)(binaries.initdb, args, {
      cwd: dir,
      env: serverEnv(),
      ...asAccount(account),
    })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new Error(`The embedded database could not be made in ${dirname(dir)}: ${stderr?.trim() || String(error)}`, {
      cause: error,
    })
  }
}

const refuseOtherVersion = (dir: string, { version }: Binaries): void => {
  const made = readFileSync(join(dir, 'PG_VERSION'), 'utf8').trim()
  if (made === version.split('.')[0]) return
  throw new Error(
    `${dir} was made by PostgreSQL ${made}, this is ${version}. Dump it with the old version of Yinqiao (see docs/operations.md) ` +
      'or start with an empty DATA_DIR.',
  )
}
