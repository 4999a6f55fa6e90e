import { read } from './api.js'
import { byId, el, toast } from './dom.js'
import { memberName } from './people.js'

const waiting = {
  'nobody-on-duty': '当前无人在岗',
  'all-full': '能接的人都已满员',
  'no-member': '没有符合条件的客户经理',
  'no-licence': '没有持有效资格的客户经理',
  'outside-hours': '不在服务时间',
  'wecom-refused': '企业微信拒绝了转接',
}
const outcomes = {
  assigned: '已分配',
  offered: '征询中',
  queued: '排队等待',
  'left-message': '请客户留言',
  bot: '由智能助手接待',
}
const targets = { owner: '归属客户经理', deputy: '代班人', last: '上次接待的客户经理', 'firm-lead': '企业主办人' }
const reasons = {
  'off-duty': '未上班',
  'not-receiving': '未在接待',
  'not-a-servicer': '不是此账号的接待人员',
  'outside-hours': '非营业时间',
  'no-licence': '无有效资格',
  full: '已满员',
  branch: '不在该机构',
  skill: '技能不够',
  line: '不属该条线',
  'not-listed': '不在名单',
  'not-named': '规则没有指到他',
  'daily-cap': '今日新客户已达上限',
  'excluded:missed': '未及时回复',
  'excluded:rerouted': '管理员要求换人',
  'excluded:declined-busy': '婉拒（正忙）',
  'excluded:declined-unfit': '婉拒（不对口）',
  'excluded:refused': '转接被企业微信拒绝',
  'excluded:do-not-route': '不参与分配',
}

const targetName = ({ to, pool }) => {
  if (to.startsWith('rm:')) return memberName(to.slice(3))
  return pool ?? targets[to] ?? to.replace(/^pool:/u, '专席 ')
}
const reason = (code) =>
  code.startsWith('full:') ? `“${code.slice('full:'.length)}”已达上限` : (reasons[code] ?? code)

const section = (title, ...children) => el('section', {}, el('h4', {}, title), children)

const verdict = (decision) =>
  el(
    'div',
    { class: 'verdict' },
    el('strong', {}, decision.rm ? memberName(decision.rm) : (outcomes[decision.outcome] ?? decision.outcome)),
    decision.rm && el('span', { class: 'chip' }, outcomes[decision.outcome] ?? decision.outcome),
    !decision.rm && decision.waitingReason && el('span', { class: 'chip wait' }, waiting[decision.waitingReason]),
  )

const rule = (decision) => {
  const name =
    decision.rule === 'fallback' ? '没有规则命中，按兜底规则' : (decision.ruleName ?? decision.rule ?? '人工指派')
  const others = decision.rules.filter((one) => !one.matched)
  const missed = others.map((one) =>
    el('li', {}, el('b', {}, one.key), one.failed.length > 0 && `：${one.failed.join('；')}`),
  )
  return section(
    '命中的规则',
    el('p', { data: { testid: 'why-rule' } }, `${name}（规则第 ${decision.rulesetVersion} 版）`),
    missed.length > 0 && el('details', {}, el('summary', {}, `没有命中的 ${missed.length} 条`), el('ul', {}, missed)),
  )
}

const steps = (decision) =>
  decision.steps.length > 0 &&
  section(
    '一步一步',
    el(
      'ol',
      { class: 'steps' },
      decision.steps.map((step) => el('li', {}, el('strong', {}, targetName(step)), el('span', {}, step.result))),
    ),
  )

/** How full he is, as a bar; never wider than whole. */
const load = ({ load: has, capacity }) =>
  el(
    'span',
    { class: 'load' },
    el('progress', { max: Math.max(capacity, 1), value: Math.min(has, capacity) }),
    `${has}/${capacity}`,
  )

const candidates = (decision) => {
  const rows = decision.candidates.map((one) => {
    const chosen = one.rm === decision.rm
    const kind = chosen ? 'chosen' : one.eligible ? 'able' : 'out'
    const word = chosen ? '选中' : one.eligible ? '可接，未选中' : reason(one.excludedBy)
    return el(
      'tr',
      { class: kind, data: { testid: 'why-candidate', rm: one.rm } },
      el('td', {}, memberName(one.rm)),
      el('td', {}, load(one)),
      el('td', {}, word),
    )
  })
  return rows.length > 0 && section(`考虑过的人（${rows.length}）`, el('table', {}, el('tbody', {}, rows)))
}

let opener = null
/** Whoever came by keyboard is back where he was. */
const close = () => {
  byId('why').hidden = true
  opener?.focus()
}

export const startWhy = () =>
  byId('why').addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })

/** Opens the explanation of one decision beside the line. */
export const showWhy = async (id, event) => {
  const decision = await read(`decision/${encodeURIComponent(id)}`)
  if (!decision) return toast('没有读到这个决定，引桥可能未连接')
  const head = el(
    'header',
    {},
    el('div', {}, el('h3', {}, decision.rm ? '为什么是他' : '为什么'), el('small', {}, event.detail ?? '')),
    el(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': '关闭', data: { testid: 'why-close' }, on: { click: close } },
      '✕',
    ),
  )
  byId('why').replaceChildren(
    head,
    el(
      'div',
      { class: 'why-body' },
      ...[verdict(decision), rule(decision), steps(decision), candidates(decision)].filter(Boolean),
    ),
  )
  opener = document.activeElement
  byId('why').hidden = false
  byId('why').querySelector('button').focus()
}
