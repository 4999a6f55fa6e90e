import type { z } from 'zod'
import type { TemplateCard } from '../wecom/endpoints/template-card.ts'
import type { ActionCard } from './effects.ts'

/** Our card as WeCom's template_card of type button_interaction. */
export const wecomCard = (card: ActionCard): z.input<typeof TemplateCard> => ({
  card_type: 'button_interaction',
  source: { desc: '引桥' },
  main_title: { title: card.title, ...(card.desc && { desc: card.desc }) },
  ...(card.lines.length > 0 && {
    horizontal_content_list: card.lines.map(({ name, value }) => ({ keyname: name, value })),
  }),
  ...(card.text && { sub_title_text: card.text }),
  task_id: card.task,
  ...(card.selection && {
    button_selection: {
      question_key: card.selection.key,
      title: card.selection.title,
      option_list: card.selection.options,
      selected_id: card.selection.selected,
    },
  }),
  button_list: card.buttons.map(({ key, text, style }) => ({ key, text, style })),
})
