import { z } from 'zod'
import { bytes, clipped, flag, webUrl } from '../limits.ts'

export const key = bytes(1024)
const optionId = bytes(128)
export const taskId = bytes(128).regex(/^[0-9A-Za-z_\-@]+$/, 'must have letters, digits or _ - @ only')
export const unique = (keys: string[]) => new Set(keys).size === keys.length

/** Where a click leads: nowhere (0), to a page (1) or into a mini program (2). */
export const target = { url: webUrl().optional(), appid: bytes(128).optional(), pagepath: bytes(1024).optional() }
type Target = { type?: number | undefined; url?: string | undefined; appid?: string | undefined }
export const leads = {
  check: (to: Target) => (to.type !== 1 || to.url !== undefined) && (to.type !== 2 || to.appid !== undefined),
  error: { error: 'type 1 needs url, type 2 needs appid' },
}

export const Source = z.strictObject({
  icon_url: webUrl().optional(),
  desc: clipped(20).optional(),
  desc_color: z.literal([0, 1, 2, 3]).optional(),
})
export const MainTitle = z.strictObject({ title: clipped(36).optional(), desc: clipped(44).optional() })
export const CardAction = z.strictObject({ type: z.literal([1, 2]), ...target }).refine(leads.check, leads.error)
export const ActionMenu = z.strictObject({
  desc: z.string().optional(),
  action_list: z
    .array(z.strictObject({ text: z.string().min(1), key }))
    .min(1)
    .max(3)
    .refine((actions) => unique(actions.map((action) => action.key)), { error: 'keys must differ' }),
})
export const QuoteArea = z
  .strictObject({
    type: z.literal([0, 1, 2]).optional(),
    ...target,
    title: z.string().optional(),
    quote_text: z.string().optional(),
  })
  .refine(leads.check, leads.error)
export const HorizontalContent = z
  .strictObject({
    type: z.literal([0, 1, 2, 3]).optional(),
    keyname: clipped(5),
    value: clipped(30).optional(),
    url: webUrl().optional(),
    media_id: bytes(256).optional(),
    userid: bytes(64).optional(),
  })
  .refine(
    (row) => ([undefined, row.url, row.media_id, row.userid] as const)[row.type ?? 0] !== undefined || !row.type,
    {
      error: 'type 1 needs url, type 2 media_id, type 3 userid',
    },
  )
export const Jump = z
  .strictObject({ type: z.literal([0, 1, 2]).optional(), title: clipped(18), ...target })
  .refine(leads.check, leads.error)

export const options = (max: number, text: number) =>
  z
    .array(z.strictObject({ id: optionId, text: clipped(text), is_checked: z.boolean().optional() }))
    .min(1)
    .max(max)
    .refine((list) => unique(list.map((option) => option.id)), { error: 'option ids must differ' })
export const Selection = z.strictObject({
  question_key: key,
  title: clipped(13).optional(),
  option_list: options(10, 16),
  selected_id: optionId.optional(),
  disable: z.boolean().optional(),
})
export const Button = z
  .strictObject({
    type: flag.optional(),
    text: clipped(10),
    style: z.literal([1, 2, 3, 4]).optional(),
    key: key.optional(),
    url: webUrl().optional(),
  })
  .refine((button) => (button.type === 1 ? button.url : button.key) !== undefined, {
    error: 'a callback button needs key, a link button (type 1) url',
  })
export const SubmitButton = z.strictObject({ text: clipped(10), key })
