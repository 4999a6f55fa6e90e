import { execFileSync } from 'node:child_process'
import { basename, dirname } from 'node:path'

/** Whether something stands in this file that git does not have: edited, never added, or no git here to tell. */
export const isUncommitted = (file: string): boolean => {
  try {
    const status = execFileSync('git', ['status', '--porcelain', '--ignored', '--', basename(file)], {
      cwd: dirname(file),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return status.trim() !== ''
  } catch {
    return true
  }
}
