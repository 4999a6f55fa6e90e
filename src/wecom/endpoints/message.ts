import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { UserId } from '../ids.ts'
import { AnsweredUserId, bytes, chars, DepartmentId, flag, joined, opaque, webUrl } from '../limits.ts'
import { TemplateCard, TemplateCardUpdate } from './template-card.ts'

const envelope = {
  /** At most 1,000 userids joined by `|`, or `@all` for everybody who sees the app. */
  touser: joined(1000).optional(),
  toparty: joined(100).optional(),
  totag: joined(100).optional(),
  agentid: z.int().min(0),
  enable_id_trans: flag.optional(),
  enable_duplicate_check: flag.optional(),
  duplicate_check_interval: z.int().min(1).max(14_400).optional(),
}
const safe = flag.optional()
const media = z.strictObject({ media_id: opaque() })
const markdown = z.strictObject({ content: bytes(2048) })

const Article = z
  .strictObject({
    title: bytes(128),
    description: bytes(512, 0).optional(),
    url: webUrl().optional(),
    picurl: webUrl().optional(),
    appid: bytes(128).optional(),
    pagepath: bytes(1024).optional(),
  })
  .refine((article) => article.url !== undefined || (article.appid !== undefined && article.pagepath !== undefined), {
    error: 'give url, or appid with pagepath',
    path: ['url'],
  })

const MpArticle = z.strictObject({
  title: bytes(128),
  thumb_media_id: opaque(),
  author: bytes(64, 0).optional(),
  content_source_url: webUrl().optional(),
  content: bytes(666 * 1024),
  digest: bytes(512, 0).optional(),
})

const MiniProgramNotice = z.strictObject({
  appid: bytes(128),
  page: bytes(1024).optional(),
  title: z.string().min(1),
  description: z.string().optional(),
  emphasis_first_item: z.boolean().optional(),
  content_item: z
    .array(z.strictObject({ key: chars(10), value: chars(30) }))
    .max(10)
    .optional(),
})

const type = <Type extends string>(msgtype: Type) => ({ ...envelope, msgtype: z.literal(msgtype) })

/** Everything that an app can say to staff. */
export const AppMessage = z
  .discriminatedUnion('msgtype', [
    z.strictObject({ ...type('text'), safe, text: z.strictObject({ content: bytes(2048) }) }),
    z.strictObject({ ...type('image'), safe, image: media }),
    z.strictObject({ ...type('voice'), safe, voice: media }),
    z.strictObject({
      ...type('video'),
      safe,
      video: media.extend({ title: bytes(128, 0).optional(), description: bytes(512, 0).optional() }),
    }),
    z.strictObject({ ...type('file'), safe, file: media }),
    z.strictObject({
      ...type('textcard'),
      textcard: z.strictObject({
        title: bytes(128),
        description: bytes(512),
        url: webUrl(),
        btntxt: chars(4).optional(),
      }),
    }),
    z.strictObject({ ...type('news'), news: z.strictObject({ articles: z.array(Article).min(1).max(8) }) }),
    z.strictObject({
      ...type('mpnews'),
      safe: z.literal([0, 1, 2]).optional(),
      mpnews: z.strictObject({ articles: z.array(MpArticle).min(1).max(8) }),
    }),
    z.strictObject({ ...type('markdown'), markdown }),
    z.strictObject({ ...type('miniprogram_notice'), miniprogram_notice: MiniProgramNotice }),
    z.strictObject({ ...type('template_card'), template_card: TemplateCard }),
  ])
  .refine((message) => message.touser ?? message.toparty ?? message.totag, {
    error: 'give touser, toparty or totag',
    path: ['touser'],
  })
export type AppMessage = z.input<typeof AppMessage>

/**
 * `invaliduser` and its siblings are joined by `|` and lower-cased; somebody missing is no error unless everybody is
 * (81013). Accepted, not read: WeCom drops what passes 30 a minute or 1,000 an hour per member without a word.
 */
export const sendAppMessage = endpoint({
  post: 'message/send',
  doc: 'https://developer.work.weixin.qq.com/document/path/90236',
  ask: AppMessage,
  answer: z.looseObject({
    msgid: z.string().default(''),
    invaliduser: z.string().default(''),
    invalidparty: z.string().default(''),
    invalidtag: z.string().default(''),
    unlicenseduser: z.string().default(''),
    /** For one update of the card, within 72 h. */
    response_code: z.string().optional(),
  }),
})

/** Within 24 h, by the app that sent it. */
export const recallAppMessage = endpoint({
  post: 'message/recall',
  doc: 'https://developer.work.weixin.qq.com/document/path/94867',
  ask: z.strictObject({ msgid: opaque() }),
  answer: z.looseObject({}),
})

/** Greys a card's buttons out (`button`) or puts another card in its place; a response_code works once, for 72 h. */
export const updateTemplateCard = endpoint({
  post: 'message/update_template_card',
  doc: 'https://developer.work.weixin.qq.com/document/path/94888',
  ask: z
    .strictObject({
      userids: z.array(UserId).max(1000).optional(),
      partyids: z.array(DepartmentId).max(100).optional(),
      tagids: z.array(z.int()).max(100).optional(),
      atall: flag.optional(),
      agentid: z.int().min(0),
      response_code: opaque(1024),
      enable_id_trans: flag.optional(),
      button: z.strictObject({ replace_name: z.string().min(1) }).optional(),
      template_card: TemplateCardUpdate.optional(),
    })
    .refine((ask) => (ask.button === undefined) !== (ask.template_card === undefined), {
      error: 'give either button or template_card',
      path: ['button'],
    })
    .refine((ask) => ask.atall === 1 || [ask.userids, ask.partyids, ask.tagids].some((list) => list?.length), {
      error: 'name whose card is changed, or set atall to 1',
      path: ['userids'],
    }),
  answer: z.looseObject({ invaliduser: z.array(AnsweredUserId).default([]) }),
})
