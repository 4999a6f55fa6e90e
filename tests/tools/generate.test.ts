import { expect, test } from 'vitest'
import { ownKinds } from '../../src/dispatch/events.ts'
import { botDoc, botLines } from '../../src/tools/generate/bot-doc.ts'
import { endpointsDoc } from '../../src/tools/generate/endpoints-doc.ts'
import { errorsDoc } from '../../src/tools/generate/errors-doc.ts'
import { eventLines, eventsDoc } from '../../src/tools/generate/events-doc.ts'
import { openapiDoc } from '../../src/tools/generate/openapi-doc.ts'
import { table } from '../../src/tools/generate/markdown.ts'
import { endpoints } from '../../src/wecom/endpoints/index.ts'
import { callbackKinds } from '../../src/wecom/events.ts'
import { failureRows } from '../../src/wecom/failures.ts'
import { kfKinds } from '../../src/wecom/kf-items.ts'

test(
  'events.md has a line for every kind that a handler may be written for, with the fields of its type',
  { timeout: 60_000 },
  () => {
    const lines = eventLines()
    expect(lines.map(({ kind }) => kind).sort()).toEqual([...kfKinds, ...callbackKinds, ...ownKinds].sort())
    const welcome = lines.find(({ kind }) => kind === 'kf/enter_session')
    expect(welcome?.fields).toContainEqual({ name: 'welcome_code', type: 'string', optional: true })
    expect(welcome?.fields).toContainEqual({ name: 'external_userid', type: 'ExternalUserId', optional: false })
    const page = eventsDoc()
    expect(page).toContain('| `kf/text` | msgtype `text` | `text: { content: string; menu_id?: string }` |')
    expect(page).toContain('[handlers/kf/text.ts](../handlers/kf/text.ts)')
    expect(page).toMatch(/\| `clock\/step_over` \| Yinqiao's own \|/)
    expect(page).toMatch(/\| `app\/text` \| MsgType `text` \|/)
  },
)

test('handlers.md has all that #bot exports, each with a word on what it is', { timeout: 60_000 }, async () => {
  const lines = botLines()
  const values = lines.filter(({ sort }) => sort !== 'type').map(({ name }) => name)
  expect(values.toSorted()).toEqual(Object.keys(await import('../../src/bot.ts')).toSorted())
  expect(lines.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([])
  const page = botDoc()
  expect(page).toContain('| `notify` | `(rm: string, text: string) => Effect` | A text to an RM in WeCom. |')
  expect(page).toContain(
    '| `repliesLeft` | `number` | Messages that the bot may still send until the customer writes again. |',
  )
  expect(page).toContain('| `tell` | `(key: WordsKey, values?: PlaceholderValues) => string` |')
})

test('endpoints.md has every API with its official page', () => {
  const page = endpointsDoc()
  for (const { method, path, doc } of endpoints) expect(page).toContain(`| ${method} [${path}](${doc}) |`)
  expect(page).toMatch(/\| POST \[kf\/send_msg\]\([^)]+\) \| \[kf\.ts\]/)
})

test('errors.md has every code that the code knows', () => {
  const page = errorsDoc()
  for (const [, codes, advice] of failureRows)
    for (const code of codes)
      expect(page, advice).toContain(`[${code}](https://open.work.weixin.qq.com/devtool/query?e=${code})`)
})

test("openapi.json is made without a database and has the contract's paths", async () => {
  const { openapi, paths } = (await openapiDoc()) as { openapi: string; paths: Record<string, object> }
  expect(openapi).toMatch(/^3\.1/)
  for (const path of [
    '/rms/{userid}',
    '/customers',
    '/routing',
    '/conversations/{id}/assign',
    '/decisions/{id}',
    '/touchpoints',
    '/integrity',
  ])
    expect(Object.keys(paths)).toContain(`/api/v1${path}`)
})

test('a table survives what would break it', () => {
  expect(table(['a', 'b'], [['x | y', 'one\n  two']])).toBe('| a | b |\n| --- | --- |\n| x \\| y | one two |')
})
