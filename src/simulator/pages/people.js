import { el } from './dom.js'

/** Who and what there is, as the simulator last told. */
export const world = { accounts: [], customers: [], members: [], now: Date.now(), readAt: Date.now() }

export const takeOverview = (overview) => Object.assign(world, overview, { readAt: Date.now() })

/** WeCom's time now: the simulator's, running on. */
export const now = () => world.now + (Date.now() - world.readAt)

export const member = (userid) => world.members.find((one) => one.userid === userid)
export const memberName = (userid) => member(userid)?.name ?? userid ?? ''
export const account = (openKfId) => world.accounts.find((one) => one.openKfId === openKfId)

const customer = (id) => world.customers.find((one) => one.externalUserId === id)
/** What he calls himself in WeChat. */
export const nickname = (id) => customer(id)?.nickname ?? id ?? ''
/** What the bank calls him; null when it does not know him, or by no other name. */
export const bankName = (id) => {
  const known = customer(id)
  return known && known.bankName !== known.nickname ? known.bankName : null
}
/** Both, so that it is plain that they are one and the same person. */
export const customerName = (id) => (bankName(id) ? `${nickname(id)}（${bankName(id)}）` : nickname(id))

const tints = 8
const tint = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % tints

/** A picture with the end of the name, as WeCom draws it; accounts and the app have their own word. */
export const avatar = (name, kind = '') => {
  const letters = { account: '客服', app: '引桥' }[kind] ?? [...(name || '?')].slice(-2).join('')
  return el('span', { class: `avatar tint-${tint(name || '?')} ${kind}`, 'aria-hidden': 'true' }, letters)
}

const secondForm = new Intl.DateTimeFormat('zh-CN', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
  timeZone: 'Asia/Shanghai',
})
const clockForm = new Intl.DateTimeFormat('zh-CN', {
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZone: 'Asia/Shanghai',
})
const dayForm = new Intl.DateTimeFormat('zh-CN', {
  month: 'long',
  day: 'numeric',
  weekday: 'short',
  timeZone: 'Asia/Shanghai',
})
const dateForm = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })

export const hourMinute = (at) => clockForm.format(at)
const isToday = (at) => dateForm.format(at) === dateForm.format(now())
/** To the second today, the day before that: what is found late may be months old. */
export const secondOrDay = (at) => (isToday(at) ? secondForm.format(at) : dayForm.format(at).replace(/日.*/, '日'))
export const dayOf = (at) => dayForm.format(at).replace('日', '日 ')
/** The hour today, else the day alone: for lists. */
export const hourOrDay = (at) => (isToday(at) ? hourMinute(at) : secondOrDay(at))
/** The hour today, the day before that. */
export const when = (at) => (isToday(at) ? hourMinute(at) : `${dayOf(at)} ${hourMinute(at)}`)
