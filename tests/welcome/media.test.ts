import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepMedia, mediaIds } from '../../src/outbox/media.ts'
import { createBank, type Bank } from '../core/bank.ts'
import { partsOf } from '../core/parts.ts'
import { tempDir } from '../ground/ground.ts'

const hour = 3_600_000
const folder = tempDir()
const files = [{ file: 'card.png', type: 'image' as const }]
let bank: Bank
let parts: Awaited<ReturnType<typeof partsOf>>
beforeAll(async () => {
  bank = await createBank()
  const greeting = {
    rule: 'fallback',
    text: '您好',
    attachments: [{ image: 'card.png' }, { link: { title: '怎么申请', url: 'https://www.example.com/loan' } }],
  }
  parts = await partsOf(bank, { dispatch: { chooseWelcome: () => greeting } })
  writeFileSync(join(folder, 'card.png'), Buffer.from('89504e470d0a1a0a0000', 'hex'))
  // Hears WeCom and handles nothing.
  await bank.start({ ROLE: 'web' })
})
afterAll(() => bank.stop())

const keep = () =>
  keepMedia({ pool: bank.store.pool, upload: parts.wecom.upload, folder, files, now: new Date(bank.clock.now()) })
const uploads = () => bank.wecom.sent('media/upload').length
const welcomed = async (name: string): Promise<string[]> => {
  bank.wecom.customer(name).adds('li.wei')
  await bank.wecom.idle()
  await parts.runAll()
  return bank.wecom
    .customer(name)
    .seesOf('li.wei')
    .filter(({ from }) => from === 'servicer')
    .map(({ type }) => type)
}

test('a file is uploaded once, again half a day before WeCom forgets it, and when it has changed', async () => {
  expect(await keep()).toEqual([])
  expect(await keep()).toEqual([])
  expect(uploads()).toBe(1)
  bank.clock.advance(61 * hour)
  expect(await keep()).toEqual([])
  expect(uploads()).toBe(2)
  writeFileSync(join(folder, 'card.png'), Buffer.from('89504e470d0a1a0a0001', 'hex'))
  await keep()
  expect(uploads()).toBe(3)
})

test('one that cannot be uploaded is named, the others go on; its id is not used once it is over', async () => {
  const failed = await keepMedia({
    pool: bank.store.pool,
    upload: parts.wecom.upload,
    folder,
    files: [{ file: 'nowhere.png', type: 'image' }, ...files],
    now: new Date(bank.clock.now()),
  })
  expect(failed).toEqual([{ file: 'nowhere.png', trouble: expect.stringContaining('ENOENT') }])
  const later = mediaIds(bank.store.pool, () => new Date(bank.clock.now() + 73 * hour))
  expect(await later('card.png', 'image')).toBeNull()
})

test('the welcome brings its attachments, each a message; without the upload the words go alone', async () => {
  expect(await welcomed('wm_with')).toEqual(['text', 'image', 'link'])
  await bank.store.pool.query('delete from media_uploads')
  const before = uploads()
  expect(await welcomed('wm_without')).toEqual(['text', 'link'])
  expect(uploads()).toBe(before)
})
