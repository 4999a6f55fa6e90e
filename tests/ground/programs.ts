import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The programs that npm cannot bring: a test that needs one asks for it and fails with the sentence when it is not there. */
const wanted = {
  'redis-server': { env: 'REDIS_SERVER', names: ['redis-server', 'valkey-server'], packages: ['redis-server'] },
  chromium: {
    env: 'CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    packages: ['chromium', 'fonts-wqy-zenhei'],
  },
}

export type Program = keyof typeof wanted

/** Where the program is on this machine: its environment variable, else PATH and the usual folders; null when nowhere. */
export const find = (program: Program): string | null => {
  const { env, names } = wanted[program]
  const chosen = process.env[env]
  if (chosen) return runnable(chosen) ? chosen : null
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/snap/bin',
  ]
  const paths = [
    ...names.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name))),
    ...(program === 'chromium' ? ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'] : []),
  ]
  return paths.find(runnable) ?? null
}

/** Finds the programs, installs what is missing where apt and root allow it, and else says in one line what to install. */
export const prepare = (): Record<Program, string | null> => {
  const missing = (Object.keys(wanted) as Program[]).filter((program) => find(program) === null)
  // A variable that points to nothing is somebody's mistake or wish; installing would not change it.
  const installable = missing.filter((program) => !process.env[wanted[program].env])
  if (installable.length > 0) install(installable.flatMap((program) => wanted[program].packages))
  const still = missing.filter((program) => find(program) === null)
  if (still.length > 0) {
    const how = still.map((program) => `${program} (or set ${wanted[program].env} to its path)`).join(' and ')
    console.warn(
      `Not on this machine: ${how}. Install: apt-get install -y ${still.flatMap((program) => wanted[program].packages).join(' ')}`,
    )
  }
  return { 'redis-server': find('redis-server'), chromium: find('chromium') }
}

const install = (packages: string[]): void => {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  console.log(`Installing ${packages.join(', ')} for the tests …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore', env, timeout: 180_000 })
    // A package must not start its own service: the tests start their own on free ports.
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      stdio: 'ignore',
      env: { ...env, RUNLEVEL: '1' },
      timeout: 600_000,
    })
  } catch {
    // What is still missing is said by prepare().
  }
}

const runnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
