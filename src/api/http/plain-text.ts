import { pathText, type Path } from '../../routing/reading/problems.ts'

const deepest = 64

/**
 * Where a value holds what PostgreSQL cannot store: U+0000 or half a surrogate pair; or is nested too deeply. Null
 * when it is sound. JSON lets all of this through, and a schema sees only the fields it knows.
 */
export const unsound = (value: unknown, path: Path = []): { path: string; message: string } | null => {
  if (typeof value === 'string') return badText(value) ? mistake(path, '含有无法保存的字符') : null
  if (typeof value !== 'object' || value === null) return null
  if (path.length >= deepest) return mistake([], `层级过深，最多 ${deepest} 层`)
  for (const [key, inner] of Object.entries(value)) {
    if (badText(key)) return mistake(path, '字段名含有无法保存的字符')
    const found = unsound(inner, [...path, Array.isArray(value) ? Number(key) : key])
    if (found) return found
  }
  return null
}

const badText = (text: string): boolean => text.includes('\0') || !text.isWellFormed()
const mistake = (path: Path, message: string) => ({ path: pathText(path), message })
