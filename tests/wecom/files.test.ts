import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { World } from './loopback.ts'
import { failure, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const bytes = Buffer.from([...Array(256).keys()])

describe('download', () => {
  const give = (headers: Record<string, string>, body: Buffer | string = bytes) =>
    it.server.on(
      'media/get',
      it.desk.guard(() => (response) => response.writeHead(200, headers).end(body)),
    )

  test.each<[string, string | null]>([
    ['attachment; filename="voice.amr"', 'voice.amr'],
    ['attachment; filename=voice.amr', 'voice.amr'],
    ["attachment; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf", '合同.pdf'],
    ['attachment; filename="a.pdf"; filename*=UTF-8\'\'%ZZ', 'a.pdf'],
    ['attachment', null],
  ])('every byte, and the name that WeCom proposes: %s', async (disposition, name) => {
    give({ 'content-type': 'image/jpeg', 'content-disposition': disposition })
    expect(await it.client().download('M1')).toEqual({ bytes, contentType: 'image/jpeg', name })
    expect(it.server.to('media/get').at(-1)?.query.get('media_id')).toBe('M1')
  })

  test('a file that is JSON itself is a file', async () => {
    give(
      { 'content-type': 'application/json', 'content-disposition': 'attachment; filename="x.json"' },
      '{"errcode":40007}',
    )
    expect((await it.client().download('M1')).bytes.toString()).toBe('{"errcode":40007}')
  })

  test('an error comes as JSON', async () => {
    it.server.on('media/get', () => ({ errcode: 40007, errmsg: 'invalid media_id' }))
    expect(await failure(it.client().download('M1'))).toMatchObject({
      errcode: 40007,
      failure: 'expired',
      path: 'media/get',
    })
  })

  test('a token that has run out is renewed', async () => {
    give({ 'content-type': 'image/jpeg' })
    const client = it.client()
    await client.download('M1')
    it.desk.revoke()
    expect((await client.download('M1')).bytes).toEqual(bytes)
    expect(it.server.to('gettoken')).toHaveLength(2)
  })

  test('more than 20 MB is not read', async () => {
    give({ 'content-type': 'video/mp4' }, Buffer.alloc(21 * 1024 * 1024))
    expect(await failure(it.client().download('M1'))).toMatchObject({ name: 'NetworkError' })
  })
})

describe('upload', () => {
  test('the type in the query, the file in the field media', async () => {
    it.server.on('media/upload', () => ({ errcode: 0, type: 'image', media_id: 'M2', created_at: '1767225600' }))
    expect(await it.client().upload('image', { name: '合影.png', bytes })).toBe('M2')
    const [post] = it.server.to('media/upload')
    expect(post?.query.get('type')).toBe('image')
    expect(post?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(post?.body).toMatch(/name="media"; filename="合影\.png"/)
  })

  test('too small or too big is not sent', async () => {
    const client = it.client()
    expect(await failure(client.upload('file', { name: 'a', bytes: Buffer.alloc(5) }))).toMatchObject({
      failure: 'bad_request',
      path: 'media/upload',
    })
    expect(
      await failure(client.upload('voice', { name: 'a', bytes: Buffer.alloc(2 * 1024 * 1024 + 1) })),
    ).toMatchObject({ failure: 'bad_request' })
    expect(it.server.heard).toEqual([])
  })
})
