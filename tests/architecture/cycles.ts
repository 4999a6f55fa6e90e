import type { Source } from './sources.ts'

/** Every circle of files that import each other at run time, once, as `a.ts -> b.ts -> a.ts`. */
export const cyclesIn = (sources: readonly Source[]): string[] => {
  const imports = new Map(
    sources.map(({ path, imports: found }) => [
      path,
      found.flatMap(({ target, types }) => (target && !types ? [target] : [])),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path].join(' -> '))
    if (start >= 0 || done.has(path)) return
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return found
}
