import { byId, el } from './dom.js'
import { secondOrDay } from './people.js'
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
  ['contact.', 'routed'],
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

const entry = (event) =>
  el(
    'article',
    { class: `entry ${family(event.kind)}`, data: { testid: 'live-entry', kind: event.kind } },
    el('time', {}, secondOrDay(new Date(event.at))),
    el(
      'div',
      { class: 'entry-text' },
      el('strong', {}, event.title ?? event.kind),
      event.detail && el('p', {}, event.detail),
      why(event),
    ),
  )

const state = (text, kind) => {
  byId('line-state').textContent = text
  byId('line-state').className = kind
}

const steps = [
  ['1', '在左边选一位客户，从一个入口进来', '例如「面包房老板」从「企业手机银行经营贷款」进入'],
  ['2', '替他写一句话', '例如「想了解经营贷款」'],
  ['3', '看这里：引桥把他分给谁、为什么', '点「为什么是他」看规则、备选的人和落选的原因'],
  ['4', '在右边以客户经理的身份回复', '右边的手机会自动切到接到客户的人'],
  ['5', '或者不回复，点右上角「+1 分钟」三次', '一分钟提醒他，三分钟换成代班的同事'],
]
const guide = () =>
  el(
    'ol',
    { class: 'guide', data: { testid: 'guide' } },
    steps.map(([number, title, note]) =>
      el('li', {}, el('i', {}, number), el('div', {}, el('strong', {}, title), el('small', {}, note))),
    ),
  )

const atEnd = (area) => area.scrollHeight - area.scrollTop - area.clientHeight < 80

const add = (event) => {
  const area = byId('line-body')
  const follow = atEnd(area)
  area.querySelector('.guide')?.remove()
  area.append(entry(event))
  while (area.children.length > kept) area.firstElementChild.remove()
  if (follow) area.scrollTop = area.scrollHeight
  byId('line-newer').hidden = follow
}

const clear = () => {
  byId('line-body').replaceChildren(guide())
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
