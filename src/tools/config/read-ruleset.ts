import { readFileSync } from 'node:fs'
import { lookUp, pathText, type Path } from '../../routing/reading/problems.ts'
import { parseRulesetYaml, type ReadRuleset } from '../../routing/ruleset/ruleset.ts'
import { fileProblemText } from '../../routing/reading/yaml-source.ts'

/** The file's rule set, or every mistake as `file:line:column path message`. */
export const readRuleset = (file: string): ReadRuleset | { errors: string[] } => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { errors: [`${file}:1:1 读不到这个文件（${(error as NodeJS.ErrnoException).code}）`] }
  }
  const read = parseRulesetYaml(text, file)
  return 'errors' in read ? { errors: read.errors.map(fileProblemText) } : read
}

/** What the server says of a path, with the line and column where it stands in the file. */
export const placed = ({ ruleset, place }: ReadRuleset, { path, message }: { path: string; message: string }): string =>
  fileProblemText(place({ path: pathIn(ruleset, path), message, of: 'value' }))

/** `pools.a.b.name` is read by the keys that are there: keys may hold dots. What does not lead anywhere ends the path. */
const pathIn = (value: unknown, text: string): Path => {
  const path: Path = []
  for (let rest = text; rest !== '';) {
    const next = nextPart(lookUp(value, path), rest)
    if (next === null) return path
    path.push(next)
    rest = rest.slice(pathText([next]).length).replace(/^\./, '')
  }
  return path
}

const nextPart = (here: unknown, rest: string): string | number | null => {
  const index = /^\[(\d+)\]/.exec(rest)?.[1]
  if (index !== undefined) return Number(index)
  const keys = typeof here === 'object' && here !== null && !Array.isArray(here) ? Object.keys(here) : []
  const fits = keys.filter((key) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`))
  return fits.toSorted((a, b) => b.length - a.length)[0] ?? null
}
