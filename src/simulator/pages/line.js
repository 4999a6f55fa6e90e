import { byId, el } from './dom.js'
import { bankName, nickname, secondOrDay, world } from './people.js'
import { guide } from './steps.js'
import { showWhy } from './why.js'

const kept = 300
const families = [
  ['entry.', 'entry'],
  ['message.received', 'in'],
  ['message.replied', 'rm'],
  ['message.failed', 'bad'],
  ['message.', 'out'],
  ['conversation.routed', 'routed'],
  ['conversation.queued', 'wait'],
  ['conversation.closed', 'closed'],
  ['conversation.', 'wait'],
  ['contact.', 'contact'],
]
const family = (kind) => families.find(([start]) => kind.startsWith(start))?.[1] ?? 'other'

const why = (event) => {
  const id = event.data?.decisionId
  if (id === undefined || id === null) return null
  const given = {
    type: 'button',
    class: 'why-button',
    data: { testid: 'why-button', decision: String(id) },
    on: { click: () => void showWhy(String(id), event) },
  }
  return el('button', given, event.rm ? '为什么是他' : '为什么')
}

/** Yinqiao speaks of a customer by the bank's name, or of a stranger by his number: on the phones he is called so. */
const inWeChat = ({ externalUserId: id, detail }) => {
  const name = id && nickname(id)
  if (!name || name === id || detail?.includes(name)) return null
  const title = bankName(id) ? `${name}是他的微信昵称，行内名称是${bankName(id)}` : `${name}是他的微信昵称`
  return el('span', { class: 'entry-who', title }, `微信：${name}`)
}

/** Of before the simulator's start: friendships that were found, not made, today. */
const late = ({ at }) => Date.parse(at) < world.begun - 60_000 && el('span', { class: 'chip' }, '补记')

const entry = (event) =>
  el(
    'article',
    { class: `entry ${family(event.kind)}`, data: { testid: 'live-entry', kind: event.kind, id: event.id } },
    el('time', {}, secondOrDay(new Date(event.at))),
    el(
      'div',
      { class: 'entry-text' },
      el('div', { class: 'entry-head' }, el('strong', {}, event.title ?? event.kind), late(event), inWeChat(event)),
      event.detail && el('p', {}, event.detail),
      why(event),
    ),
  )

const state = (text, kind) => {
  byId('line-state').textContent = text
  byId('line-state').className = kind
}

const atEnd = (area) => area.scrollHeight - area.scrollTop - area.clientHeight < 80

const add = (event) => {
  const area = byId('line-body')
  const follow = atEnd(area)
  area.querySelector('.guide, .note')?.remove()
  area.append(entry(event))
  while (area.children.length > kept) area.firstElementChild.remove()
  if (follow) area.scrollTop = area.scrollHeight
  byId('line-newer').hidden = follow
}

const nothingYet = () =>
  document.body.dataset.live === 'true'
    ? guide()
    : el('p', { class: 'note' }, '没有接入引桥：两台手机可以收发消息，但没有谁来分配客户。')

const clear = () => {
  byId('line-body').replaceChildren(nothingYet())
  byId('line-newer').hidden = true
}

const listen = (heard) => {
  const source = new EventSource('/sim/live')
  source.addEventListener('here', () => state('已连接引桥', 'on'))
  source.addEventListener('away', () => state('引桥没有连接，正在重试…', 'off'))
  source.addEventListener('error', () => state('与模拟器的连接断开，正在重试…', 'off'))
  source.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data)
    add(event)
    heard(event)
  })
}

/** Brings the live line to life; `heard` is told of each of its events. */
export const startLine = ({ live, heard }) => {
  clear()
  byId('line-clear').addEventListener('click', clear)
  const area = byId('line-body')
  const toEnd = () => {
    area.scrollTop = area.scrollHeight
    byId('line-newer').hidden = true
  }
  byId('line-newer').addEventListener('click', toEnd)
  area.addEventListener('scroll', () => atEnd(area) && (byId('line-newer').hidden = true))
  state(live ? '正在连接引桥…' : '未接引桥：这里只有模拟的企业微信', live ? '' : 'off')
  listen(heard)
}
