import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cyclesIn } from './architecture/cycles.ts'
import { importMap, type Part } from './architecture/import-map.ts'
import { root } from './architecture/project-files.ts'
import { readSource, readSources, type Source } from './architecture/sources.ts'

const own = readSources(['src', 'handlers'])
const others = readSources(['tests', 'bench'].filter((place) => existsSync(join(root, place))))
const all = [...own, ...others]

/** `src/wecom/xml.ts` belongs to `wecom`, `src/app.ts` to `app`, `handlers/kf/text.ts` to `handlers`. */
const partOf = (path: string): string => {
  const [top, second = ''] = path.split('/')
  return top === 'src' ? second.replace(/\.ts$/, '') : (top as string)
}

describe('imports', () => {
  /** Every import between two parts: who, whom, and where it is written. */
  const crossings = own.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target !== null && partOf(target) !== partOf(path))
      .map(({ target, types }) => ({
        from: partOf(path),
        to: partOf(target as string),
        types,
        where: `${path} -> ${target}`,
      })),
  )
  const allowed = (from: string, types: boolean): readonly string[] => {
    const part: Part | undefined = importMap[from]
    return part ? [...part.imports, ...(types ? (part.types ?? []) : [])] : []
  }

  test('every part is on the map, and the map has no part that is gone', () => {
    expect([...new Set(own.map(({ path }) => partOf(path)))].sort()).toEqual(Object.keys(importMap).sort())
  })

  test('each part imports only what the map allows', () => {
    const wrong = crossings.filter(
      ({ from, to, types }) => !allowed(from, types).includes(to) && !importMap[from]?.root,
    )
    expect(wrong.map(({ where, types }) => `${where}${types ? ' (types)' : ''}`)).toEqual([])
  })

  test('the map allows nothing that nobody uses', () => {
    const unused = Object.entries(importMap).flatMap(([from, { imports, types = [] }]) => [
      ...imports
        .filter((to) => !crossings.some((one) => one.from === from && one.to === to && !one.types))
        .map((to) => `${from}: ${to}`),
      ...types
        .filter((to) => !crossings.some((one) => one.from === from && one.to === to))
        .map((to) => `${from}: ${to} (types)`),
    ])
    expect(unused).toEqual([])
  })

  test('handlers import #bot and nothing else', () => {
    const wrong = own
      .filter(({ path }) => path.startsWith('handlers/'))
      .flatMap(({ path, imports }) =>
        imports.filter(({ specifier }) => specifier !== '#bot').map(({ specifier }) => `${path}: ${specifier}`),
      )
    expect(wrong).toEqual([])
  })

  test('there is no cycle at run time', () => {
    expect(cyclesIn(all)).toEqual([])
  })

  test('every relative import names its file with its extension', () => {
    const missing = all.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target && !existsSync(join(root, target)))
        .map(({ specifier }) => `${path}: ${specifier}`),
    )
    expect(missing).toEqual([])
  })
})

describe('purity', () => {
  /** Time, randomness and the network are handed to these. */
  const pure = ['handlers', 'routing', 'dispatch', 'inbox', 'ledger', 'crm', 'bot']

  test.each(pure)('%s reaches for no clock, no chance, no process and no network by itself', (part) => {
    const reaching = own
      .filter(({ path }) => partOf(path) === part)
      .flatMap(({ path, reaches }) => reaches.map(({ what, line }) => `${path}:${line} ${what}`))
    expect(reaching).toEqual([])
  })

  test('routing and handlers know neither files, sockets nor a driver', () => {
    const outside = own
      .filter(({ path }) => ['routing', 'handlers'].includes(partOf(path)))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier, types }) => !types && /^node:|^(pg|kysely|axios|koa|redis|pino)$/.test(specifier))
          .map(({ specifier }) => `${path}: ${specifier}`),
      )
    expect(outside).toEqual([])
  })

  test('classes are errors, and nothing else (owners of resources are closures here)', () => {
    const classes = own.flatMap(({ path, classes: found }) =>
      found.filter((one) => one.extends !== 'Error').map(({ name }) => `${path}: ${name}`),
    )
    expect(classes).toEqual([])
  })

  test('no any', () => {
    expect(all.flatMap(({ path, anys }) => anys.map((line) => `${path}:${line}`))).toEqual([])
  })
})

describe('size', () => {
  const functionsOf = (sources: readonly Source[]) =>
    sources.flatMap(({ path, functions }) => functions.map((one) => ({ path, ...one })))
  const share = (numbers: readonly number[], part: number): number =>
    numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? 0
  const most = { file: 250, function: 60 }
  /** A list, not a program: the root makes one part after the other. It is shown, like everything large. */
  const lists = ['src/app.ts startApp']

  test(`no file is longer than ${most.file} lines, no function than ${most.function} lines of its own`, () => {
    const files = own.filter(({ lines }) => lines > most.file).map(({ path, lines }) => `${path} ${lines}`)
    const functions = functionsOf(own).filter(
      ({ path, name, lines }) => lines > most.function && !lists.includes(`${path} ${name}`),
    )
    expect({ files, functions: functions.map(({ path, name, lines }) => `${path} ${name} ${lines}`) }).toEqual({
      files: [],
      functions: [],
    })
  })

  test('the medians stay near the house numbers, and the largest are shown', () => {
    const files = own.map(({ path, lines }) => ({ lines, what: path }))
    const functions = functionsOf(own).map(({ path, name, lines, span }) => ({
      lines,
      what: `${path} ${name}${span > lines ? ` (${span} with those inside)` : ''}`,
    }))
    const show = (title: string, list: readonly { lines: number; what: string }[]): string[] => {
      const numbers = list.map(({ lines }) => lines)
      const largest = list.toSorted((a, b) => b.lines - a.lines).slice(0, 8)
      return [
        `${title}: ${list.length}, median ${share(numbers, 0.5)}, p90 ${share(numbers, 0.9)}`,
        ...largest.map(({ lines, what }) => `  ${lines}  ${what}`),
      ]
    }
    const tests = others.map(({ path, lines }) => ({ lines, what: path }))
    console.log(
      [
        ...show('files', files),
        ...show('functions, lines of their own', functions),
        ...show('files of tests and benches', tests),
      ].join('\n'),
    )
    expect(
      share(
        files.map(({ lines }) => lines),
        0.5,
      ),
    ).toBeLessThanOrEqual(80)
    expect(
      share(
        functions.map(({ lines }) => lines),
        0.5,
      ),
    ).toBeLessThanOrEqual(10)
    expect(
      share(
        functions.map(({ lines }) => lines),
        0.9,
      ),
    ).toBeLessThanOrEqual(20)
  })
})

describe('the reader itself', () => {
  const text = [
    "import type { A } from './a.ts'",
    "import { b, type C } from '../b/c.ts'",
    "export * from './d.ts'",
    "const late = () => import('./e.ts')",
    'const wrong = (it: any) => Date.now() + Math.random() + new Date().getTime() + new Date(0).getTime()',
    'class Odd {}',
    'const outer = () => {',
    '  const inner = () => {',
    '    return 1',
    '  }',
    '  return inner',
    '}',
  ].join('\n')
  const source = readSource('src/x/y.ts', text)

  test('tells imports of types from the others', () => {
    expect(source.imports.map(({ target, types }) => [target, types])).toEqual([
      ['src/x/a.ts', true],
      ['src/b/c.ts', false],
      ['src/x/d.ts', false],
      ['src/x/e.ts', false],
    ])
  })

  test('finds any, classes and what reaches outside', () => {
    expect(source.anys).toEqual([5])
    expect(source.classes).toEqual([{ name: 'Odd', extends: null }])
    expect(source.reaches.map(({ what }) => what).sort()).toEqual(['Date.now()', 'Math.random()', 'new Date()'])
  })

  test('counts a function without the functions inside it', () => {
    expect(source.functions.find(({ name }) => name === 'outer')?.lines).toBe(4)
    expect(source.functions.find(({ name }) => name === 'inner')?.lines).toBe(3)
  })

  test('finds a cycle, and not through types', () => {
    const file = (path: string, target: string, types: boolean): Source => ({
      ...source,
      path,
      imports: [{ specifier: target, target, types }],
    })
    expect(cyclesIn([file('a.ts', 'b.ts', false), file('b.ts', 'a.ts', false)])).toEqual(['a.ts -> b.ts -> a.ts'])
    expect(cyclesIn([file('a.ts', 'b.ts', false), file('b.ts', 'a.ts', true)])).toEqual([])
  })
})
