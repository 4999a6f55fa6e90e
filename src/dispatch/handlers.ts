import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EventKind } from './events.ts'
import type { Handler } from './turn/turn.ts'

export type Handlers = ReadonlyMap<string, Handler>

/** The handlers' folder is wrong: the message names the file and what it may be called instead. */
export class BadHandler extends Error {
  override name = 'BadHandler'
}

/**
 * Loads every handler below `folder`. A file's path is its registration: `handlers/kf/text.ts` handles `kf/text`.
 * Throws `BadHandler` for a name that no event has, or a file that declares another kind than its path.
 */
export const loadHandlers = async (folder: string, known: readonly string[]): Promise<Handlers> => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort()
  const handlers = await Promise.all(files.map((file) => loadHandler(folder, file, known)))
  return new Map(handlers.map((handler) => [handler.kind, handler]))
}

const loadHandler = async (folder: string, file: string, known: readonly string[]): Promise<Handler> => {
  const path = join(folder, file)
  const kind = relative('.', file).split(sep).join('/').replace(/\.ts$/, '')
  if (!known.includes(kind))
    throw new BadHandler(`${path}: there is no event "${kind}". Known events: ${[...known].sort().join(', ')}`)
  const handler = (await importFile(path)) as Partial<Handler> | undefined
  if (typeof handler?.handle !== 'function') throw new BadHandler(`${path}: export default on('${kind}', …) is missing`)
  if (handler.kind !== (kind as EventKind))
    throw new BadHandler(`${path}: is for "${handler.kind}" but its path says "${kind}": rename the file or the kind`)
  return handler as Handler
}

const importFile = async (path: string): Promise<unknown> => {
  try {
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (cause) {
    throw new BadHandler(`${path}: could not be loaded: ${(cause as Error).message}`, { cause })
  }
}
