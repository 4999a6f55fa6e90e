import { z } from 'zod'
import { ExternalUserId, OpenKfId } from '../ids.ts'
import { bytes, flag, opaque, OwnMsgId, webUrl } from '../limits.ts'

/** At most this many items of a menu may be clicked (95008). */
const clickable = 10

const MenuItem = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('click'),
    click: z.strictObject({ id: bytes(128).optional(), content: bytes(128) }),
  }),
  z.strictObject({ type: z.literal('view'), view: z.strictObject({ url: webUrl(), content: bytes(1024) }) }),
  z.strictObject({
    type: z.literal('miniprogram'),
    miniprogram: z.strictObject({ appid: bytes(32), pagepath: bytes(1024), content: bytes(1024) }),
  }),
  z.strictObject({
    type: z.literal('text'),
    text: z.strictObject({ content: bytes(256), no_newline: flag.optional() }),
  }),
])

const Menu = z.strictObject({
  head_content: bytes(1024, 0).optional(),
  list: z
    .array(MenuItem)
    .max(50)
    .refine((items) => items.filter((item) => item.type !== 'text').length <= clickable, {
      error: `at most ${clickable} items of a menu may be clicked`,
    })
    .optional(),
  tail_content: bytes(1024, 0).optional(),
})

const Text = z.strictObject({ content: bytes(2048) })
const Media = z.strictObject({ media_id: opaque() })

const Link = z.strictObject({
  title: bytes(128),
  desc: bytes(512, 0).optional(),
  url: webUrl(),
  thumb_media_id: opaque(),
})

const MiniProgram = z.strictObject({
  appid: bytes(32),
  title: bytes(64, 0).optional(),
  thumb_media_id: opaque(),
  pagepath: bytes(1024).regex(/^[^?#]+\.html(\?.*)?$/, 'must end in .html before its query'),
})

const Location = z.strictObject({
  name: z.string().optional(),
  address: z.string().optional(),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
})

/** A 获客链接: the customer sees it as a staff member's business card. */
const CaLink = z.strictObject({
  link_url: webUrl().startsWith('https://work.weixin.qq.com/ca/'),
})

const message = <Type extends string, Body extends z.ZodType>(type: Type, body: Body) =>
  z.strictObject({
    touser: ExternalUserId,
    open_kfid: OpenKfId,
    msgid: OwnMsgId.optional(),
    msgtype: z.literal(type),
    [type]: body,
  } as { touser: typeof ExternalUserId; open_kfid: typeof OpenKfId; msgid: z.ZodOptional<typeof OwnMsgId> } & {
    msgtype: z.ZodLiteral<Type>
  } & Record<Type, Body>)

/** Everything that `kf/send_msg` can say. WeCom cuts what is too long without a word; we refuse it. */
export const KfMessage = z.discriminatedUnion('msgtype', [
  message('text', Text),
  message('image', Media),
  message('voice', Media),
  message('video', Media),
  message('file', Media),
  message('link', Link),
  message('miniprogram', MiniProgram),
  message('msgmenu', Menu),
  message('location', Location),
  message('ca_link', CaLink),
])
export type KfMessage = z.input<typeof KfMessage>

/** A welcome, a queue notice or closing words: bound to a one-time code instead of a customer. */
export const KfEventMessage = z.discriminatedUnion('msgtype', [
  z.strictObject({ code: opaque(1024), msgid: OwnMsgId.optional(), msgtype: z.literal('text'), text: Text }),
  z.strictObject({ code: opaque(1024), msgid: OwnMsgId.optional(), msgtype: z.literal('msgmenu'), msgmenu: Menu }),
])
export type KfEventMessage = z.input<typeof KfEventMessage>
