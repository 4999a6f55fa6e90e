import { preview } from './content.js'
import { el, toast } from './dom.js'
import { avatar, hourOrDay, world } from './people.js'

const bankRow = (openBank) =>
  el(
    'section',
    { class: 'entrances' },
    el(
      'button',
      { type: 'button', class: 'entrance app', data: { testid: 'bank-app' }, on: { click: openBank } },
      el('span', { class: 'app-icon' }, '银'),
      el('span', {}, el('strong', {}, `${world.corp} 手机银行`), el('small', {}, '点「联系客户经理」进入微信客服')),
      el('span', { class: 'go' }, '›'),
    ),
  )

const contactRow = (contact, open) =>
  el(
    'button',
    {
      type: 'button',
      class: 'entrance app',
      data: { testid: 'customer-contact', rm: contact.userid },
      on: { click: () => open(contact.userid) },
    },
    avatar(contact.member),
    el(
      'span',
      {},
      el('strong', {}, contact.member, el('em', { class: 'at' }, `@${world.corp}`)),
      el('small', {}, contact.last ? preview(contact.last.type, contact.last.payload) : '已成为联系人'),
    ),
    el('time', {}, hourOrDay(contact.last?.at ?? contact.since)),
  )

const contactRows = (contacts, open) =>
  contacts.length > 0 &&
  el(
    'section',
    { class: 'entrances contacts' },
    contacts.map((one) => contactRow(one, open)),
  )

const entrance = ({ openKfId, name, link }, enter) =>
  el(
    'button',
    {
      type: 'button',
      class: 'entrance',
      data: { testid: 'entrance', scene: link?.scene ?? 'chat-list', account: openKfId },
      on: { click: () => enter(openKfId, link) },
    },
    el(
      'span',
      { class: 'entrance-icon' },
      el('img', { src: link ? '/icon-link.svg' : '/icon-chat.svg', alt: '', width: 16, height: 16 }),
    ),
    el('span', {}, name),
    el('span', { class: 'go' }, '›'),
  )

const accountRows = (enter) =>
  world.accounts.map(({ openKfId, name, links }) =>
    el(
      'section',
      { class: 'entrances' },
      el('header', {}, avatar(name, 'account'), el('div', {}, el('strong', {}, name), el('small', {}, '微信客服'))),
      links.map((link) => entrance({ openKfId, name: link.name || link.scene || '客服链接', link }, enter)),
      entrance({ openKfId, name: '微信聊天列表' }, enter),
    ),
  )

/** The same way in, whatever parameters were put behind it. */
const isSame = (known, url) => url === known || url.startsWith(`${known}&`)

/** A link that somebody sent him: from a text message, a mini program or a paper with a QR code. */
const pasteLink = (enter) => {
  const input = el('input', {
    id: 'customer-link',
    placeholder: 'https://work.weixin.qq.com/kf/…',
    'aria-label': '收到的客服链接',
    data: { testid: 'customer-link' },
  })
  const open = (event) => {
    event.preventDefault()
    const url = input.value.trim()
    const found = world.accounts.find(({ links }) => links.some((link) => isSame(link.url, url)))
    if (!found) return toast('这不是本行的客服链接')
    enter(found.openKfId, { url })
  }
  return el(
    'form',
    { class: 'entrances link-form', on: { submit: open } },
    el('label', { for: 'customer-link' }, '打开收到的链接'),
    el('div', {}, input, el('button', { type: 'submit', data: { testid: 'customer-link-open' } }, '打开')),
  )
}

/** The first screen of a customer's phone: his bank's app, the managers he has added, and every way into a chat. */
export const home = ({ banks, contacts, enter, openBank, openContact }) =>
  [banks && bankRow(openBank), contactRows(contacts, openContact), ...accountRows(enter), pasteLink(enter)].filter(
    Boolean,
  )
