import { act, read } from './api.js'
import { chooseCustomer, openChat } from './customer.js'
import { byId, el, toast } from './dom.js'
import { showView } from './views.js'

/** The client who plays the story: known to the bank's app, a stranger to WeCom. */
const customer = 'wm_xiaoyu'
const answer = '周女士您好，我是您的客户经理。稳健类产品我整理了三款，加我微信，我把对比表发给您。'
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `find` finds something; null when it does not happen in time. */
const until = async (find, patienceMs = 12_000) => {
  for (let waited = 0; waited < patienceMs; waited += 200) {
    const found = await find()
    if (found) return found
    await pause(200)
  }
  return null
}

const chatNow = async () => {
  const open = openChat()
  return open?.customer === customer ? read('chat', { openKfId: open.openKfId, customer }) : null
}

const enterByBank = async () => {
  showView('line')
  await chooseCustomer(customer)
  await pause(700)
  byId('customer-body').querySelector('[data-testid=bank-app]').click()
  const button = await until(() =>
    byId('customer-body').querySelector('iframe')?.contentDocument?.querySelector('#contact:enabled'),
  )
  if (!button) return false
  await pause(900)
  button.click()
  return until(async () => (await chatNow())?.lines.some(({ type }) => type === 'msgmenu'))
}

const asks = async () => {
  const open = openChat()
  if (!(await act('customer/clicks', { ...open, item: 'wealth' }))) return false
  return until(async () => (await chatNow())?.servicer)
}

const serves = async () => {
  const open = openChat()
  const { servicer } = await chatNow()
  const ask = { userid: servicer, openKfId: open.openKfId, customer }
  if (!(await act('servicer/replies', { ...ask, text: answer }))) return false
  await pause(1600)
  if (!(await act('servicer/ends', ask))) return false
  return until(invitationIn)
}

/** The last invitation in the chat, as it can be tapped. */
const invitationIn = () => [...byId('customer-body').querySelectorAll('[data-testid=open-profile]')].at(-1)

const adds = async () => {
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
  showView('funnel')
  return true
}

const steps = [
  { name: '手机银行', hint: '客户在手机银行点「联系客户经理」', play: enterByBank },
  { name: '提问', hint: '客户点「理财与基金」，引桥找人', play: asks },
  { name: '接待', hint: '客户经理回复，结束后自动邀请添加', play: serves },
  { name: '加好友', hint: '客户点邀请，添加客户经理', play: adds },
  { name: '看漏斗', hint: '从手机银行到私域，每一步多少人', play: looks },
]

/** How many steps were played. */
let played = 0
let playing = false

const draw = () =>
  byId('story').replaceChildren(
    ...steps.map(({ name, hint }, index) => {
      const next = index === played % steps.length
      const kind = next ? `next${playing ? ' playing' : ''}` : index < played ? 'done' : ''
      return el(
        'li',
        {},
        el(
          'button',
          {
            type: 'button',
            class: kind,
            title: hint,
            disabled: !next || playing,
            data: { testid: 'story-step', step: String(index + 1) },
            on: { click: () => void play() },
          },
          el('i', {}, index < played ? '✓' : String(index + 1)),
          name,
        ),
      )
    }),
  )

const play = async () => {
  if (played === steps.length) played = 0
  playing = true
  draw()
  const done = await steps[played].play()
  playing = false
  if (done) played += 1
  else toast('这一步没有走通：请看中间的动态，或用手机自己操作')
  draw()
}

/** The whole way in five clicks; everything in it can also be done by hand on the phones. */
export const startStory = () => draw()
