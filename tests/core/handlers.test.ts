import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ownKinds } from '../../src/dispatch/events.ts'
import { BadHandler, loadHandlers } from '../../src/dispatch/handlers.ts'
import { callbackKinds } from '../../src/wecom/events.ts'
import { kfKinds } from '../../src/wecom/kf-items.ts'
import { tempDir } from '../ground/ground.ts'

const known = [...kfKinds, ...callbackKinds, ...ownKinds]
const folder = (files: Record<string, string>): string => {
  const path = tempDir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}
const handler = (kind: string): string => `export default { kind: '${kind}', handle: () => [] }`
const refused = async (files: Record<string, string>): Promise<string> => {
  const error = await loadHandlers(folder(files), known).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(BadHandler)
  return (error as BadHandler).message
}

test("a file's path is its registration", async () => {
  const handlers = await loadHandlers(
    folder({
      'kf/text.ts': handler('kf/text'),
      'clock/step_over.ts': handler('clock/step_over'),
      'kf/readme.md': 'no handler',
    }),
    known,
  )
  expect([...handlers.keys()]).toEqual(['clock/step_over', 'kf/text'])
})

test("the project's own handlers all load, and every kind of message that a customer can send has one", async () => {
  const handlers = await loadHandlers(join(import.meta.dirname, '../../handlers'), known)
  const without = known.filter((kind) => !handlers.has(kind) && !kind.startsWith('app/'))
  expect(without).toEqual([])
})

test('a name that no event has stops the start with the list of those that there are', async () => {
  const message = await refused({ 'kf/txet.ts': handler('kf/txet') })
  expect(message).toContain('there is no event "kf/txet"')
  for (const kind of ['kf/text', 'kf/enter_session', 'clock/step_over', 'admin/close', 'app/template_card_event'])
    expect(message).toContain(kind)
  expect(message).toContain(join('kf', 'txet.ts'))
})

test('a file in the wrong folder is no handler of another kind', async () => {
  expect(await refused({ 'text.ts': handler('kf/text') })).toContain('there is no event "text"')
})

test('a file that declares another kind than its path says which is which', async () => {
  expect(await refused({ 'kf/image.ts': handler('kf/text') })).toMatch(
    /is for "kf\/text" but its path says "kf\/image"/,
  )
})

test.each([
  ['nothing', 'export const x = 1', /export default on\('kf\/text', …\) is missing/],
  ['no function', 'export default { kind: "kf/text" }', /export default on\('kf\/text', …\) is missing/],
  ['null', 'export default null', /export default on\('kf\/text', …\) is missing/],
  ['a mistake in its syntax', 'export default {', /kf[/\\]text\.ts: could not be loaded: /],
  ['an error at its first line', 'throw new Error("no database here")', /could not be loaded: no database here/],
  ['a file that is not there', 'import "./nowhere.ts"\nexport default {}', /could not be loaded: .*nowhere/],
])('a file that exports %s is named', async (_, text, message) => {
  expect(await refused({ 'kf/text.ts': text })).toMatch(message)
})

test('a folder that is not there', async () => {
  await expect(loadHandlers('/nowhere/at/all', known)).rejects.toThrow(/nowhere/)
})
