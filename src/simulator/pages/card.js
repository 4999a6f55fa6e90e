import { el, link } from './dom.js'
import { memberName } from './people.js'

const head = ({ source, main_title: title, quote_area: quote, emphasis_content: emphasis, sub_title_text: sub }) => [
  source?.desc && el('div', { class: `source colour-${source.desc_color ?? 0}` }, source.desc),
  title?.title && el('h4', {}, title.title),
  title?.desc && el('p', { class: 'desc' }, title.desc),
  emphasis &&
    el('div', { class: 'emphasis' }, el('strong', {}, emphasis.title ?? ''), el('small', {}, emphasis.desc ?? '')),
  quote && el('blockquote', {}, quote.title && el('strong', {}, quote.title), el('span', {}, quote.quote_text ?? '')),
  sub && el('p', { class: 'words' }, sub),
]

const valueOf = ({ type, value, url, userid }) => {
  if (type === 1) return link(url, value || url)
  return type === 3 ? memberName(userid) : (value ?? '')
}
const rows = ({ horizontal_content_list: list = [], vertical_content_list: tall = [] }) => [
  ...tall.map(({ title, desc }) => el('p', { class: 'tall' }, el('strong', {}, title), desc ?? '')),
  list.length > 0 &&
    el(
      'dl',
      {},
      list.map((row) => [el('dt', {}, row.keyname), el('dd', {}, valueOf(row))]),
    ),
]

/** Choices by question; what stands here is what a press sends along. */
const picker = ({ question_key: key, title, option_list: options = [], selected_id: chosen, mode }, selected) => {
  selected[key] = options.filter(({ id, is_checked: on }) => on || id === chosen).map(({ id }) => id)
  const pick = (id, on) => {
    const others = mode === 1 ? selected[key].filter((one) => one !== id) : []
    selected[key] = on ? [...others, id] : others
  }
  const type = mode === 1 ? 'checkbox' : 'radio'
  const option = ({ id, text }) => {
    const on = { change: (event) => pick(id, event.target.checked) }
    const box = el('input', { type, name: key, value: id, checked: selected[key].includes(id), on })
    return el('label', { class: 'option' }, box, text)
  }
  return el('fieldset', {}, title && el('legend', {}, title), options.map(option))
}

const questions = ({ checkbox, select_list: selects = [], button_selection: one }, selected) =>
  [checkbox, ...selects, one].filter(Boolean).map((question) => picker(question, selected))

const buttons = (message, press, selected) => {
  const { button_list: list = [], submit_button: submit } = message.body
  if (message.card?.replaced)
    return el(
      'div',
      { class: 'buttons' },
      el('span', { class: 'button grey', data: { testid: 'card-replaced' } }, message.card.replaced),
    )
  const all = submit ? [...list, { ...submit, style: 1 }] : list
  if (all.length === 0) return null
  const button = ({ type, text, key, url, style = 1 }) => {
    if (type === 1) return link(url, text, { class: `button style-${style}` })
    const given = {
      type: 'button',
      class: `button style-${style}`,
      data: { testid: 'card-button', key },
      on: { click: () => press(message.msgid, key, selected) },
    }
    return el('button', given, text)
  }
  return el('div', { class: 'buttons' }, all.map(button))
}

const ways = ({ jump_list: jumps = [], card_action: action }) => [
  ...jumps.map(({ title, url }) => el('div', { class: 'more' }, link(url, title))),
  action?.type === 1 && el('div', { class: 'more' }, link(action.url, '查看详情')),
]

const menu = (message, press) => {
  const actions = message.body.action_menu?.action_list ?? []
  return actions.map(({ text, key }) =>
    el(
      'button',
      {
        type: 'button',
        class: 'menu-item',
        data: { testid: 'card-menu', key },
        on: { click: () => press(message.msgid, key, {}) },
      },
      text,
    ),
  )
}

/** A template card with working buttons. */
export const card = (message, press) => {
  const selected = {}
  const parts = [head(message.body), rows(message.body), questions(message.body, selected)]
  const given = { class: 'app-card', data: { testid: 'app-message', msgid: message.msgid, task: message.card?.taskId } }
  return el('div', given, parts, buttons(message, press, selected), ways(message.body), menu(message, press))
}
