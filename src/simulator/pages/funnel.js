import { read } from './api.js'
import { byId, el } from './dom.js'

const names = {
  touch: ['应用触点', '在手机银行里看过、点过'],
  entry: ['进入客服', '从应用、二维码或短信进来'],
  conversation: ['咨询', '开口问了'],
  reply: ['客户经理回复', '真人接上了'],
  invitation: ['发出邀请', '请他添加客户经理'],
  contact: ['成为联系人', '进入私域'],
  value: ['首次成交', '行内系统报来的价值事件'],
}

const share = (part, whole) => (whole > 0 ? `${Math.round((part / whole) * 100)}%` : '—')

const bar = ({ stage, persons, fromPrevious }, index, all) => {
  const [name, note] = names[stage] ?? [stage, '']
  const most = Math.max(1, ...all.map((one) => one.persons))
  const before = all[index - 1]
  return el(
    'li',
    { data: { testid: 'funnel-stage', stage, persons: String(persons) } },
    el('div', { class: 'stage-name' }, el('strong', {}, name), el('small', {}, note)),
    el('meter', { min: 0, max: most, value: persons, 'aria-label': name }),
    el('b', {}, String(persons)),
    el('span', { class: 'stage-rate' }, before ? share(fromPrevious, before.persons) : ''),
  )
}

const channelRow = ({ key, name, stages }) => {
  const of = (stage) => stages.find((one) => one.stage === stage)?.persons ?? 0
  return el(
    'tr',
    {},
    el('td', {}, name ?? key ?? '未注明渠道'),
    ['entry', 'conversation', 'contact'].map((stage) => el('td', {}, String(of(stage)))),
  )
}

const channels = (rows) =>
  rows.length > 0 && [
    el('h3', {}, '按渠道'),
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ['渠道', '进入', '咨询', '联系人'].map((word) => el('th', {}, word)),
        ),
      ),
      el('tbody', {}, rows.map(channelRow)),
    ),
  ]

/** Reads the funnel again and shows it. */
export const drawFunnel = async () => {
  const funnel = await read('funnel')
  const place = byId('funnel')
  if (!funnel) return place.replaceChildren(el('p', { class: 'note' }, '引桥没有给出经营数据。'))
  const nodes = [
    el('p', { class: 'funnel-note' }, `每一步的人数，右侧是从上一步走来的比例（${funnel.windowDays} 天内）。`),
    el('ol', { class: 'stages' }, funnel.total.map(bar)),
    channels(funnel.rows),
  ]
  return place.replaceChildren(...nodes.flat(2).filter(Boolean))
}
