import { act, read } from './api.js'
import { chooseCustomer, openChat } from './customer.js'
import { byId, el, toast } from './dom.js'
import { memberName } from './people.js'
import { keep, kept } from './remember.js'
import { byHand, steps } from './steps.js'
import { isNarrow, showTab } from './tabs.js'
import { showView } from './views.js'

/** Who plays, one after the other: the first is known to the bank's app and a stranger to WeCom. */
const actors = ['wm_xiaoyu', 'wm_chen', 'wm_tang', 'wm_bakery', 'wm_repair', 'wm_bakery_finance']
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Who plays now, and how many steps were played. */
const state = { customer: actors[0], played: 0, playing: false }

/** Waits until `find` finds something; false when it does not happen in time. */
const until = async (find, patienceMs = 12_000) => {
  for (let waited = 0; waited < patienceMs; waited += 200) {
    const found = await find()
    if (found) return found
    await pause(200)
  }
  return false
}

/** Where there is one column at a time the story turns to the one in which something happens, long enough to see it. */
const turnTo = async (tab, ms = 0) => {
  showTab(tab)
  if (isNarrow()) await pause(ms)
}

const chatNow = async () => {
  const open = openChat()
  return open?.customer === state.customer ? read('chat', { openKfId: open.openKfId, customer: state.customer }) : null
}

/** Somebody who is no manager's contact yet: nobody is invited twice. */
const nextCustomer = async () => {
  for (const customer of actors) {
    if ((await read('contacts', { customer }))?.length === 0) return customer
  }
  return null
}

const over = () => {
  toast('演示的客户都已加上好友。想从头再来：停止引桥，删除数据目录后再启动')
  return null
}

const enterByBank = async () => {
  const customer = await nextCustomer()
  if (!customer) return over()
  state.customer = customer
  showView('line')
  await turnTo('customer')
  await chooseCustomer(customer)
  await pause(700)
  byId('customer-body').querySelector('[data-testid=bank-app]').click()
  const button = await until(() =>
    byId('customer-body').querySelector('iframe')?.contentDocument?.querySelector('#contact:enabled'),
  )
  if (!button) return false
  await pause(900)
  button.click()
  return until(async () => menuIn(await chatNow()))
}

const item = 'wealth'
/** The last menu in which he can tap what he wants. */
const menuIn = (chat) =>
  chat?.lines.findLast(
    ({ type, payload }) => type === 'msgmenu' && payload.list?.some(({ click }) => click?.id === item),
  )

const asks = async () => {
  await turnTo('customer', 600)
  const menu = menuIn(await chatNow())
  if (!menu || !(await act('customer/clicks', { ...openChat(), item, msgid: menu.msgid }))) return false
  if (!(await until(async () => (await chatNow())?.servicer))) return false
  await turnTo('line', 2200)
  await turnTo('rm')
  return true
}

const serves = async () => {
  const { servicer } = (await chatNow()) ?? {}
  if (!servicer) return false
  const ask = { userid: servicer, openKfId: openChat().openKfId, customer: state.customer }
  const text = `您好，我是您的客户经理${memberName(servicer)}。稳健类产品我整理了三款，加我微信，我把对比表发给您。`
  await turnTo('rm', 600)
  if (!(await act('servicer/replies', { ...ask, text }))) return false
  await pause(1600)
  if (!(await act('servicer/ends', ask))) return false
  await turnTo('customer')
  return until(invitationIn)
}

/** The last invitation in the chat, as it can be tapped. */
const invitationIn = () => [...byId('customer-body').querySelectorAll('[data-testid=open-profile]')].at(-1)

const adds = async () => {
  const { customer } = state
  await turnTo('customer', 600)
  invitationIn()?.click()
  const add = await until(() => byId('customer-body').querySelector('[data-testid=profile-add]'))
  if (!add) return false
  await pause(1200)
  add.click()
  const contact = await until(async () => (await read('contacts', { customer }))?.at(-1))
  if (!contact) return false
  await pause(1200)
  if (contact.phase === 'half' && !(await act('servicer/accepts', { userid: contact.userid, customer }))) return false
  return until(async () => (await read('contacts', { customer }))?.some(({ welcomed }) => welcomed))
}

const looks = async () => {
  await turnTo('line')
  showView('funnel')
  return true
}

const plays = [enterByBank, asks, serves, adds, looks]

const strip = () =>
  steps.map(({ name }, index) => {
    const done = index < state.played
    const kind = done ? 'done' : index === state.played ? 'next' : ''
    return el('li', { class: kind }, el('i', {}, done ? '✓' : String(index + 1)), el('span', {}, name))
  })

const draw = () => {
  const { played, playing } = state
  const step = steps[played]
  const button = byId('story-button')
  byId('story-steps').replaceChildren(...strip())
  byId('story-hint').replaceChildren(
    el('strong', {}, step ? `第 ${played + 1} 步　${step.name}` : '演示完成'),
    el('span', {}, step?.hint ?? `换一位客户再看一遍，或自己试试：${byHand}`),
  )
  button.textContent = playing ? '演示中…' : step ? (played === 0 ? '开始演示' : '下一步') : '再看一遍'
  button.disabled = playing
  button.classList.toggle('playing', playing)
  button.dataset.step = String((played % steps.length) + 1)
}

const play = async () => {
  if (state.played === steps.length) state.played = 0
  state.playing = true
  draw()
  const done = await plays[state.played]()
  state.playing = false
  if (done) state.played += 1
  else if (done !== null) toast('这一步没有走通：请看引桥的动态，或在手机上自己操作')
  keep('story', { customer: state.customer, played: state.played })
  draw()
}

/** The whole way in five clicks; everything in it can also be done by hand on the phones. */
export const startStory = () => {
  Object.assign(state, kept('story'))
  byId('story-button').addEventListener('click', () => void play())
  draw()
}
