import { el } from './dom.js'

/** The story's five steps in words: the same on the strip, on the button and in the list of the empty line. */
export const steps = [
  { name: '打开手机银行', hint: '客户在手机银行点「联系客户经理」，来到微信客服。' },
  { name: '说出需求', hint: '客户点「理财与基金」。引桥按规则找到客户经理，他的手机响起，写明为什么是他。' },
  { name: '客户经理接待', hint: '客户经理回复，客户在微信里看到；会话一结束，引桥就邀请客户加好友。' },
  { name: '加为好友', hint: '客户点邀请，添加客户经理，马上收到欢迎语。' },
  { name: '看成效', hint: '从手机银行到好友，每一步走到了多少人。' },
]

/** What to try when the story is over, or instead of it. */
export const byHand =
  '替客户写一句，例如「想了解经营贷款」；客户经理若不回复，点三次「+1 分钟」：引桥先提醒他，再换同事接待。'

const row = (number, { name, hint }) =>
  el('li', {}, el('i', {}, number), el('div', {}, el('strong', {}, name), el('small', {}, hint)))

/** What the line shows while nothing has happened yet. */
export const guide = () =>
  el(
    'div',
    { class: 'guide', data: { testid: 'guide' } },
    el('h3', {}, '五步看懂引桥'),
    el('p', {}, '点「开始演示」，每点一次走一步；也可以在两台手机上自己操作。'),
    el(
      'ol',
      {},
      steps.map((step, index) => row(String(index + 1), step)),
      row('＋', { name: '自己试试', hint: byHand }),
    ),
  )
