import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** No part of the project: what tools and runs leave behind (in a worktree `.git` is a file). */
const left = new Set(['node_modules', '.git', 'data', 'dist', 'coverage'])

/** Every text file of the project, from its root, with `/`. */
export const projectFiles = (folder = ''): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (left.has(entry.name)) return []
    if (entry.isDirectory()) return projectFiles(path)
    return entry.isFile() && !/\.(png|jpg|ico|woff2?|gz|zip|log)$/.test(entry.name) ? [path] : []
  })
