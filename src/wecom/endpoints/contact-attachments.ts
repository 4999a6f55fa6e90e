import { z } from 'zod'
import { bytes, opaque, webUrl } from '../limits.ts'

const media = z.strictObject({ media_id: opaque() })

const attachment = <Type extends string, Body extends z.ZodType>(type: Type, body: Body) =>
  z.strictObject({ msgtype: z.literal(type), [type]: body } as { msgtype: z.ZodLiteral<Type> } & Record<Type, Body>)

/** What may go with a welcome, each as a message of its own. An image's `pic_url` comes from WeCom's upload of images only. */
export const Attachment = z.discriminatedUnion('msgtype', [
  attachment(
    'image',
    z
      .strictObject({ media_id: opaque().optional(), pic_url: webUrl().optional() })
      .refine((image) => (image.media_id ?? image.pic_url) !== undefined, {
        error: 'give media_id or pic_url',
        path: ['media_id'],
      }),
  ),
  attachment(
    'link',
    z.strictObject({
      title: bytes(128),
      picurl: webUrl().optional(),
      desc: bytes(512, 0).optional(),
      url: webUrl(),
    }),
  ),
  attachment(
    'miniprogram',
    z.strictObject({ title: bytes(64), pic_media_id: opaque(), appid: bytes(32), page: bytes(1024) }),
  ),
  attachment('video', media),
  attachment('file', media),
])
export type Attachment = z.input<typeof Attachment>
