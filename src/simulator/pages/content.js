import { el, link } from './dom.js'
import { avatar, memberName } from './people.js'
import { leadsToProfile } from './profile.js'

const words = {
  image: '[图片]',
  voice: '[语音]',
  video: '[视频]',
  file: '[文件]',
  location: '[位置]',
  link: '[链接]',
  msgmenu: '[菜单]',
  miniprogram: '[小程序]',
  business_card: '[名片]',
  ca_link: '[名片]',
  merged_msg: '[聊天记录]',
  template_card: '[卡片]',
  news: '[图文]',
  textcard: '[卡片]',
  markdown: '[消息]',
}

/** One line for a list of chats. */
export const preview = (type, payload = {}) => {
  if (type === 'text' || type === 'markdown')
    return String(payload.content ?? '')
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ')
  if (type === 'msgmenu') return payload.head_content || words.msgmenu
  if (type === 'template_card') return payload.main_title?.title || payload.sub_title_text || words.template_card
  if (type === 'textcard') return payload.title || words.textcard
  return words[type] ?? `[${type}]`
}

const paragraph = (text) => el('p', { class: 'words' }, text)
const plainText = (payload) => paragraph(String(payload.content ?? ''))

const picture = ({ media_id: id }) =>
  el('img', { class: 'picture', src: `/sim/media/${encodeURIComponent(id)}`, alt: '图片' })
const voice = () => el('div', { class: 'voice' }, el('i'), el('span', {}, '6″'))
const box = (icon, title, note) =>
  el(
    'div',
    { class: 'box' },
    el('div', { class: 'box-icon' }, icon),
    el('div', {}, el('strong', {}, title), note && el('small', {}, note)),
  )

const place = ({ name, address }) =>
  el(
    'div',
    { class: 'place' },
    el('strong', {}, name || '位置'),
    el('small', {}, address || ''),
    el('div', { class: 'map' }),
  )

/** An address: of a manager's profile it opens that on the phone (where somebody can tap), else the web. */
const address = (url, text, { profile, ...given }) => {
  if (!leadsToProfile(url)) return link(url, text, given)
  const tap = { type: 'button', data: { testid: 'open-profile' }, on: { click: () => profile(url) } }
  return profile ? el('button', { ...given, ...tap }, text) : el('span', given, text)
}

const webLink = ({ title, desc, url }, { profile }) =>
  el('div', { class: 'web' }, address(url, title || '链接', { profile }), desc && el('small', {}, desc))

const card = ({ userid }, { card: open }) => {
  const name = memberName(userid)
  const inside = [avatar(name), el('div', {}, el('strong', {}, name), el('small', {}, '企业微信名片'))]
  if (!open) return el('div', { class: 'person' }, inside)
  const tap = { type: 'button', data: { testid: 'open-card' }, on: { click: () => open(userid) } }
  return el('button', { class: 'person', ...tap }, inside)
}

/** A menu; `click` tells which item was tapped, and none are tappable without it. */
const menu = ({ head_content: head, list = [], tail_content: tail }, { click, profile }) => {
  const item = (one) => {
    if (one.type === 'text') return paragraph(one.text.content)
    if (one.type === 'view') return address(one.view.url, one.view.content, { profile, class: 'menu-item' })
    const content = one[one.type]?.content ?? ''
    if (one.type !== 'click' || !click) return el('span', { class: 'menu-item still' }, content)
    const id = one.click.id ?? content
    const given = {
      type: 'button',
      class: 'menu-item',
      data: { testid: 'menu-item', item: id },
      on: { click: () => click(id) },
    }
    return el('button', given, content)
  }
  return el('div', { class: 'menu' }, head && paragraph(head), list.map(item), tail && el('p', { class: 'tail' }, tail))
}

const shapes = {
  text: plainText,
  image: picture,
  voice,
  video: () => box('▶', '视频', '模拟的视频'),
  file: () => box('PDF', '文件.pdf', '模拟的文件'),
  location: place,
  link: webLink,
  business_card: card,
  ca_link: ({ link_url: url }, { profile }) =>
    el('div', { class: 'web' }, address(url, '添加客户经理为联系人', { profile }), el('small', {}, '企业微信名片')),
  miniprogram: ({ title }) => box('小', title || '小程序', '小程序'),
}

/** What stands inside a bubble. An unknown type shows its name: nothing is hidden. */
export const content = (line, taps = {}) => {
  if (line.type === 'msgmenu') return menu(line.payload, taps)
  return shapes[line.type]?.(line.payload, taps) ?? paragraph(`[${line.type}]`)
}
