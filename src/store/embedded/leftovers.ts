import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Ends what an earlier process left running in this cluster. Only for the holder of the directory's lock: then a live server
 * here is an orphan. A fast shutdown keeps every committed row; a server that does not obey in 10 s is stopped hard, which
 * costs a recovery but no row either.
 */
export const endLeftovers = async (dir: string): Promise<void> => {
  const pid = postmasterPid(dir)
  if (pid === null) return
  if (!serves(pid, dir)) return rmSync(join(dir, 'postmaster.pid'), { force: true })
  const since = performance.now()
  for (let waited = 0; alive(pid); waited = performance.now() - since) {
    if (waited > 20_000)
      throw new Error(`An orphaned database server (process ${pid}) in ${dir} does not end; end it and start again.`)
    signal(pid, waited > 10_000 ? 'SIGQUIT' : 'SIGINT')
    await sleep(50)
  }
}

/** The running server's process id as its lock file tells it; null when there is no such file. */
export const postmasterPid = (dir: string): number | null => {
  const pid = Number(lockFile(dir)[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

/** The server says in its lock file whether it takes connections; asking it would fill its log with refusals. */
export const takesConnections = (dir: string): boolean => lockFile(dir)[7]?.trim() === 'ready'

const lockFile = (dir: string): string[] => {
  try {
    return readFileSync(join(dir, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return [] // there is none, or the server is just removing it
  }
}

/** Backends that outlived a killed server keep its memory and so block the next one: they are ended. Linux only. */
export const endStrayBackends = (dir: string): void => {
  if (process.platform !== 'linux') return
  for (const pid of readdirSync('/proc').map(Number)) {
    if (pid > 0 && pid !== process.pid && worksIn(pid, dir) && commandOf(pid) === 'postgres') signal(pid, 'SIGKILL')
  }
}

/** A number in a lock file proves nothing after a reboot: the process must be a server that works in this directory. */
const serves = (pid: number, dir: string): boolean => {
  if (!alive(pid)) return false
  if (process.platform === 'linux') return commandOf(pid) === 'postgres' && worksIn(pid, dir)
  if (process.platform === 'win32') return true
  return /postgres/.test(execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }))
}

const worksIn = (pid: number, dir: string): boolean => {
  try {
    const [there, here] = [statSync(`/proc/${pid}/cwd`), statSync(dir)]
    return there.dev === here.dev && there.ino === here.ino
  } catch {
    return false
  }
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

export const alive = (pid: number): boolean => signal(pid, 0)

export const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
