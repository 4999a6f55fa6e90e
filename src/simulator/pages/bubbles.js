import { el } from './dom.js'
import { content } from './content.js'
import { avatar, memberName, nickname, now, when } from './people.js'

const gap = 5 * 60_000
const names = { customer: '客户', servicer: '客户经理', account: '客服' }

const recalled = (line) => {
  const who = line.from === 'servicer' ? memberName(line.servicer) : names[line.from]
  return el('div', { class: 'note' }, `${who}撤回了一条消息`)
}

/** What WeCom itself says in a private chat, to whichever of the two looks. */
const told = (line, mine) =>
  el('div', { class: 'note' }, mine === 'customer' ? '你已添加对方为联系人' : String(line.payload.content ?? ''))

/** The customer is told once that they are contacts, however many of the steps to it WeCom notes. */
const isRepeated = ({ lines }, index, { mine }) =>
  mine === 'customer' && lines.slice(0, index).some(({ from }) => from === 'system')

const nameOf = (line, chat) => {
  if (line.from === 'customer') return nickname(chat.externalUserId)
  return line.from === 'servicer' ? memberName(line.servicer) : '智能助手'
}

const bubble = (line, chat, { mine, click, recall, profile, card }) => {
  const name = nameOf(line, chat)
  const side = line.from === mine ? 'right' : 'left'
  const canRecall = recall && line.from === mine && now() - line.at < 2 * 60_000
  const tools =
    canRecall &&
    el(
      'button',
      { type: 'button', class: 'recall', data: { testid: 'recall' }, on: { click: () => recall(line) } },
      '撤回',
    )
  const failed = line.status === 'failed' && el('span', { class: 'failed', title: '未送达' }, '!')
  const inside = el(
    'div',
    { class: `bubble kind-${line.type}` },
    content(line, { click: click && ((item) => click(line, item)), profile, card }),
  )
  const given = {
    class: `row ${side}`,
    data: { testid: 'bubble', from: line.from, msgid: line.msgid, type: line.type },
  }
  const label = side === 'left' && line.from !== 'customer' && el('small', { class: 'who' }, name)
  return el(
    'div',
    given,
    avatar(name, line.from),
    el('div', { class: 'column-of' }, label, el('div', { class: 'beside' }, inside, failed)),
    tools,
  )
}

/** A chat's lines with the time between those that lie apart. `mine` is whose phone it is. */
export const bubbles = (chat, view) =>
  chat.lines.flatMap((line, index) => {
    const before = chat.lines[index - 1]
    const stamp = !before || line.at - before.at > gap ? [el('div', { class: 'stamp' }, when(line.at))] : []
    if (line.from === 'system') return isRepeated(chat, index, view) ? [] : [...stamp, told(line, view.mine)]
    return [...stamp, line.status === 'recalled' ? recalled(line) : bubble(line, chat, view)]
  })
