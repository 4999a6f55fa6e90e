import { z } from 'zod'
import { clipped, flag, webUrl } from '../limits.ts'
import * as part from './template-card-parts.ts'

const common = { source: part.Source.optional(), enable_id_trans: flag.optional() }
const menu = { action_menu: part.ActionMenu.optional(), quote_area: part.QuoteArea.optional() }
const rows = { horizontal_content_list: z.array(part.HorizontalContent).max(6).optional() }
const links = { jump_list: z.array(part.Jump).max(3).optional() }
const needsTask = {
  check: (card: { action_menu?: unknown; task_id?: string | undefined }) =>
    !card.action_menu || card.task_id !== undefined,
  error: { error: 'a card with action_menu needs one', path: ['task_id'] },
}

const TextNotice = z
  .strictObject({
    card_type: z.literal('text_notice'),
    ...common,
    ...menu,
    task_id: part.taskId.optional(),
    main_title: part.MainTitle.optional(),
    emphasis_content: z.strictObject({ title: clipped(14).optional(), desc: clipped(22).optional() }).optional(),
    sub_title_text: clipped(160).optional(),
    ...rows,
    ...links,
    card_action: part.CardAction,
  })
  .refine((card) => Boolean(card.main_title?.title || card.sub_title_text), {
    error: 'give main_title.title or sub_title_text',
    path: ['main_title'],
  })

const NewsNotice = z
  .strictObject({
    card_type: z.literal('news_notice'),
    ...common,
    ...menu,
    task_id: part.taskId.optional(),
    main_title: part.MainTitle,
    card_image: z.strictObject({ url: webUrl(), aspect_ratio: z.number().min(1.3).max(2.25).optional() }).optional(),
    image_text_area: z
      .strictObject({
        type: z.literal([0, 1, 2]).optional(),
        ...part.target,
        title: z.string().optional(),
        desc: z.string().optional(),
        image_url: webUrl(),
      })
      .refine(part.leads.check, part.leads.error)
      .optional(),
    vertical_content_list: z
      .array(z.strictObject({ title: clipped(38), desc: clipped(160).optional() }))
      .max(4)
      .optional(),
    ...rows,
    ...links,
    card_action: part.CardAction,
  })
  .refine((card) => card.card_image !== undefined || card.image_text_area !== undefined, {
    error: 'give card_image or image_text_area',
    path: ['card_image'],
  })

const ButtonInteraction = z.strictObject({
  card_type: z.literal('button_interaction'),
  ...common,
  ...menu,
  task_id: part.taskId,
  main_title: part.MainTitle,
  sub_title_text: clipped(160).optional(),
  ...rows,
  card_action: part.CardAction.optional(),
  button_selection: part.Selection.optional(),
  button_list: z
    .array(part.Button)
    .min(1)
    .max(6)
    .refine((list) => part.unique(list.flatMap((button) => button.key ?? [])), { error: 'button keys must differ' }),
})

const VoteInteraction = z.strictObject({
  card_type: z.literal('vote_interaction'),
  ...common,
  task_id: part.taskId,
  main_title: part.MainTitle,
  checkbox: z.strictObject({
    question_key: part.key,
    option_list: part.options(20, 17),
    /** 0 one answer, 1 several. */
    mode: flag.optional(),
    disable: z.boolean().optional(),
  }),
  submit_button: part.SubmitButton,
})

const MultipleInteraction = z.strictObject({
  card_type: z.literal('multiple_interaction'),
  ...common,
  task_id: part.taskId,
  main_title: part.MainTitle,
  select_list: z.array(part.Selection).min(1).max(3),
  submit_button: part.SubmitButton,
})

/** The five cards of app messages. Lists, keys and ids have hard limits; longer titles are cut as WeCom suggests. */
export const TemplateCard = z.discriminatedUnion('card_type', [
  TextNotice.refine(needsTask.check, needsTask.error),
  NewsNotice.refine(needsTask.check, needsTask.error),
  ButtonInteraction,
  VoteInteraction,
  MultipleInteraction,
])
export type TemplateCard = z.input<typeof TemplateCard>

/** On an update the task id has no effect, and `replace_text` greys the buttons out. */
const update = { task_id: part.taskId.optional(), replace_text: z.string().min(1).optional() }
export const TemplateCardUpdate = z.discriminatedUnion('card_type', [
  TextNotice.safeExtend(update),
  NewsNotice.safeExtend(update),
  ButtonInteraction.extend(update),
  VoteInteraction.extend(update),
  MultipleInteraction.extend(update),
])
export type TemplateCardUpdate = z.input<typeof TemplateCardUpdate>
