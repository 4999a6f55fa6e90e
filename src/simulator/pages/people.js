import { el } from './dom.js'

/** Who and what there is, as the simulator last told. */
export const world = { accounts: [], customers: [], members: [], now: Date.now(), readAt: Date.now() }

export const takeOverview = (overview) => Object.assign(world, overview, { readAt: Date.now() })

/** WeCom's time now: the simulator's, running on. */
export const now = () => world.now + (Date.now() - world.readAt)

export const member = (userid) => world.members.find((one) => one.userid === userid)
export const memberName = (userid) => member(userid)?.name ?? userid ?? ''
export const account = (openKfId) => world.accounts.find((one) => one.openKfId === openKfId)
export const customerName = (id) => world.customers.find((one) => one.externalUserId === id)?.nickname ?? id ?? ''

const tints = 8
const tint = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % tints

/** A round picture with the name's last character. */
export const avatar = (name, kind = '') => {
  const letter = [...(name || '?')].at(-1)
  return el('span', { class: `avatar tint-${tint(name || '?')} ${kind}`, 'aria-hidden': 'true' }, letter)
}

const clockForm = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' })
const dayForm = new Intl.DateTimeFormat('zh-CN', { month: 'numeric', day: 'numeric', weekday: 'short', timeZone: 'Asia/Shanghai' })
const dateForm = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })

export const hourMinute = (at) => clockForm.format(at)
export const dayOf = (at) => dayForm.format(at)
/** The hour today, the day before that. */
export const when = (at) => (dateForm.format(at) === dateForm.format(now()) ? hourMinute(at) : `${dayOf(at)} ${hourMinute(at)}`)
