import { act, read } from './api.js'
import { bubbles } from './bubbles.js'
import { byId, el, refill, toast } from './dom.js'
import { account, avatar, customerName, world } from './people.js'

/** `bank`: his bank's app is open. */
const state = { customer: '', openKfId: '', chat: null, bank: false }
const shown = () => ({ customer: state.customer, openKfId: state.openKfId })

/** Which chat the customer's phone has open, or null on its first screen. */
export const openChat = () => (state.openKfId ? shown() : null)

const enter = async (openKfId, link) => {
  const opened = link
    ? await act('customer/opens-link', { customer: state.customer, url: link.url })
    : await act('customer/opens', { customer: state.customer, openKfId })
  if (!opened) return
  Object.assign(state, { openKfId, bank: false })
  await refreshCustomer({ toEnd: true })
  byId('customer-input').focus({ preventScroll: true })
}

const entrance = (openKfId, name, link) =>
  el(
    'button',
    {
      type: 'button',
      class: 'entrance',
      data: { testid: 'entrance', scene: link?.scene ?? 'chat-list', account: openKfId },
      on: { click: () => void enter(openKfId, link) },
    },
    el(
      'span',
      { class: 'entrance-icon' },
      el('img', { src: link ? '/icon-link.svg' : '/icon-chat.svg', alt: '', width: 16, height: 16 }),
    ),
    el('span', {}, name),
    el('span', { class: 'go' }, '›'),
  )

const bankEntrance = () =>
  world.customers.find(({ externalUserId }) => externalUserId === state.customer)?.banks &&
  el(
    'section',
    { class: 'entrances' },
    el(
      'button',
      { type: 'button', class: 'entrance app', data: { testid: 'bank-app' }, on: { click: () => void openBank() } },
      el('span', { class: 'app-icon' }, '银'),
      el('span', {}, el('strong', {}, `${world.corp} 手机银行`), el('small', {}, '点「联系客户经理」进入微信客服')),
      el('span', { class: 'go' }, '›'),
    ),
  )

const entrances = () =>
  [bankEntrance()].filter(Boolean).concat(
    world.accounts.map(({ openKfId, name, links }) =>
      el(
        'section',
        { class: 'entrances' },
        el('header', {}, avatar(name, 'account'), el('div', {}, el('strong', {}, name), el('small', {}, '微信客服'))),
        links.map((link) => entrance(openKfId, link.name || link.scene || '客服链接', link)),
        entrance(openKfId, '微信聊天列表'),
      ),
    ),
  )

/** A link that somebody sent him: from a text message, a mini program or a paper with a QR code. */
const pasteLink = () => {
  const input = el('input', {
    id: 'customer-link',
    placeholder: 'https://work.weixin.qq.com/kf/…',
    'aria-label': '收到的客服链接',
    data: { testid: 'customer-link' },
  })
  const open = (event) => {
    event.preventDefault()
    const url = input.value.trim()
    const found = world.accounts.find(({ links }) => links.some((link) => isSame(link.url, url)))
    if (!found) return toast('这不是本行的客服链接')
    void enter(found.openKfId, { url })
  }
  return el(
    'form',
    { class: 'entrances link-form', on: { submit: open } },
    el('label', { for: 'customer-link' }, '打开收到的链接'),
    el('div', {}, input, el('button', { type: 'submit', data: { testid: 'customer-link-open' } }, '打开')),
  )
}
/** The same way in, whatever parameters were put behind it. */
const isSame = (known, url) => url === known || url.startsWith(`${known}&`)

const clickItem = (line, item) => void act('customer/clicks', { ...shown(), item, msgid: line.msgid })
const recall = (line) => void act('customer/recalls', { customer: state.customer, msgid: line.msgid })

const hello = () => el('div', { class: 'note' }, '还没有消息。写一句试试，例如「想了解经营贷款」。')

const drawChat = ({ toEnd }) => {
  const view = { mine: 'customer', click: clickItem, recall }
  const nodes = state.chat.lines.length > 0 ? bubbles(state.chat, view) : [hello()]
  refill(byId('customer-body'), nodes, { toEnd })
}

/** The app stays as it is while it is open: whatever else happens must not load it anew. */
const drawBank = () => {
  const body = byId('customer-body')
  const address = `/bank.html?${new URLSearchParams({ customer: state.customer })}`
  if (body.querySelector('iframe')?.getAttribute('src') === address) return
  body.replaceChildren(
    el('iframe', { class: 'bank', src: address, title: `${world.corp} 手机银行`, data: { testid: 'bank' } }),
  )
}

const draw = ({ toEnd = false } = {}) => {
  const chatting = state.openKfId !== ''
  byId('customer-back').hidden = !chatting && !state.bank
  byId('customer-form').hidden = !chatting
  if (!chatting) closeSamples()
  byId('customer-title').textContent = chatting
    ? (account(state.openKfId)?.name ?? '')
    : state.bank
      ? '手机银行'
      : '从哪里进来'
  byId('customer-note').textContent = chatting ? '微信客服' : customerName(state.customer)
  if (state.bank) return drawBank()
  if (chatting && state.chat) drawChat({ toEnd })
  else refill(byId('customer-body'), [...entrances(), pasteLink()])
}

/** Reads the chat again and shows it. */
export const refreshCustomer = async (how) => {
  if (state.openKfId) state.chat = await read('chat', { openKfId: state.openKfId, customer: state.customer })
  draw(how)
}

const choose = async (customer) => {
  Object.assign(state, { customer, openKfId: '', chat: null, bank: false })
  byId('customer-select').value = customer
  await refreshCustomer()
}

/** Opens the bank's app on his phone; its button leads into the chat. */
export const openBank = async () => {
  Object.assign(state, { openKfId: '', chat: null, bank: true })
  await refreshCustomer()
}

/** The app's button was tapped: WeChat opens with the link that the bank's server signed for him. */
const leaveBank = ({ origin, data }) => {
  if (origin !== location.origin || data?.bank !== 'contact' || data.customer !== state.customer || !state.bank) return
  void enter(data.openKfId, { url: data.url })
}

/** Fills the list of customers; the chosen one stays chosen. */
export const fillCustomers = () => {
  const select = byId('customer-select')
  const options = world.customers.map(({ externalUserId, nickname }) =>
    el('option', { value: externalUserId }, nickname),
  )
  select.replaceChildren(...options)
  if (!world.customers.some((one) => one.externalUserId === state.customer))
    state.customer = world.customers[0]?.externalUserId ?? ''
  select.value = state.customer
}

const samples = [
  ['图片', 'image', {}],
  ['语音', 'voice', {}],
  ['文件', 'file', { filename: '营业执照.pdf' }],
  [
    '位置',
    'location',
    { latitude: 31.2304, longitude: 121.4737, name: '麦香面包房', address: '上海市黄浦区示例路 18 号' },
  ],
]

const closeSamples = () => {
  byId('customer-samples').hidden = true
  byId('customer-plus').setAttribute('aria-expanded', 'false')
}

const drawSamples = () =>
  byId('customer-samples').replaceChildren(
    ...samples.map(([name, type, payload]) => {
      const send = () => {
        closeSamples()
        void act('customer/sends', { ...shown(), type, payload })
      }
      return el(
        'button',
        { type: 'button', data: { testid: `sample-${type}` }, on: { click: send } },
        el('i', {}, el('img', { src: `/icon-${type}.svg`, alt: '', width: 26, height: 26 })),
        name,
      )
    }),
  )

const submit = async (event) => {
  event.preventDefault()
  const input = byId('customer-input')
  const text = input.value.trim()
  if (text === '' || !state.openKfId) return
  input.value = ''
  if (!(await act('customer/writes', { ...shown(), text }))) input.value = text
}

const toggleSamples = () => {
  const open = byId('customer-samples').hidden
  byId('customer-samples').hidden = !open
  byId('customer-plus').setAttribute('aria-expanded', String(open))
  byId('customer-body').scrollTop = byId('customer-body').scrollHeight
}

/** Brings the customer's phone to life. */
export const startCustomer = () => {
  drawSamples()
  byId('customer-select').addEventListener('change', (event) => void choose(event.target.value))
  byId('customer-back').addEventListener('click', () => void choose(state.customer))
  byId('customer-plus').addEventListener('click', toggleSamples)
  addEventListener('message', leaveBank)
  byId('customer-form').addEventListener('submit', (event) => void submit(event))
}
