import { el } from './dom.js'
import { avatar } from './people.js'

/** One row of an RM's list of chats. */
export const row = ({ testid, name, picture = name, note, time, badge, tag, onOpen, kind = '', data = {} }) =>
  el(
    'button',
    { type: 'button', class: 'item', data: { testid, ...data }, on: { click: onOpen } },
    avatar(picture, kind),
    el(
      'span',
      { class: 'item-text' },
      el('strong', {}, el('span', {}, name), tag && el('em', { class: `tag ${tag.kind}` }, tag.text)),
      el('small', {}, note),
    ),
    el('span', { class: 'item-side' }, el('time', {}, time), badge),
  )
