import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** SECRET_KEY as it was set, else the one that this installation has made for itself. */
export const secretKeyOf = async (settings: { SECRET_KEY?: string | undefined; DATA_DIR: string }): Promise<string> =>
  settings.SECRET_KEY ?? (await keptSecret(settings.DATA_DIR, 'secret-key')).value

/** A secret that is made at the first start and kept in `<dataDir>/secrets/<name>`, readable by the owner alone. */
export const keptSecret = async (dataDir: string, name: string): Promise<{ value: string; isNew: boolean }> => {
  const folder = join(dataDir, 'secrets')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  try {
    return { value: (await readFile(path, 'utf8')).trim(), isNew: false }
  } catch {
    const value = randomBytes(32).toString('base64')
    // `wx`: of two processes that start at once, one makes it and the other reads it.
    const isNew = await writeFile(path, value, { flag: 'wx', mode: 0o600 }).then(
      () => true,
      () => false,
    )
    await chmod(path, 0o600)
    return isNew ? { value, isNew } : { value: (await readFile(path, 'utf8')).trim(), isNew }
  }
}
