import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { projectFiles, root } from './architecture/project-files.ts'

const documents = projectFiles().filter((path) => path.endsWith('.md'))
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** Targets of `[text](target)` that are files of ours. */
const linksIn = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => (target as string).replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))

/** Paths that are written as code: `src/app.ts`, `config/routing.yaml`, `docs/decisions/`. Patterns with `*` or `<>` are none. */
const pathsIn = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/`((?:src|handlers|config|tests|bench|docs|\.ci)\/[\w./-]*)`/g)].map(
    ([, path]) => path as string,
  )

test('there is something to read', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/tour.md', 'docs/operations.md']),
  )
})

test.each(documents)('%s: every file that it links to or names exists', (document) => {
  const text = textOf(document)
  const links = linksIn(text).map((target) => posix.join(dirname(document), target))
  expect([...links, ...pathsIn(text)].filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every script that a document names is there', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const named = documents.flatMap((path) =>
    [...textOf(path).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => ({ path, name: name as string })),
  )
  expect(named.filter(({ name }) => !(name in scripts)).map(({ path, name }) => `${path}: npm run ${name}`)).toEqual([])
})

test('the two READMEs have the same sections in the same order', () => {
  const levels = (path: string): string[] =>
    [...withoutBlocks(textOf(path)).matchAll(/^(#+) /gm)].map(([, level]) => level as string)
  expect(levels('README.zh-CN.md')).toEqual(levels('README.md'))
})

test('the table of the environment names every setting, and nothing that is none', () => {
  const known = [...readFileSync(join(root, 'src/settings.ts'), 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
    ([, name]) => name as string,
  )
  const rows = [...textOf('docs/operations.md').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(([, names]) =>
    [...(names as string).matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name as string),
  )
  expect(rows.toSorted()).toEqual(known.toSorted())
})
