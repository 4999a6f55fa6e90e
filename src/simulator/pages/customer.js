import { act, read } from './api.js'
import { bubbles } from './bubbles.js'
import { home } from './customer-home.js'
import { byId, el, refill } from './dom.js'
import { account, customerName, member, world } from './people.js'
import { profile, profileBehind } from './profile.js'
import { notYet } from './rm-contacts.js'
import { keep, kept } from './remember.js'
import { closeSamples, startSamples } from './samples.js'

/** What the phone shows: `home`, `bank`, `chat` (of `openKfId`), `contact` (with `userid`) or `profile` (of `userid`). */
const atHome = { name: 'home' }
const state = { customer: '', screen: atHome, chat: null, contacts: [] }

/** Which kf chat the customer's phone has open, or null. */
export const openChat = () =>
  state.screen.name === 'chat' ? { customer: state.customer, openKfId: state.screen.openKfId } : null

/** Whether what changed stands on his phone just now. */
export const isOnPhone = ({ kind, externalUserId, openKfId }) => {
  if (externalUserId !== state.customer) return false
  return kind === 'contact' || (state.screen.name === 'chat' && openKfId === state.screen.openKfId)
}

const show = async (screen, how) => {
  Object.assign(state, { screen, chat: null })
  keep('customer', { customer: state.customer, screen: screen.name === 'profile' ? atHome : screen })
  await refreshCustomer(how)
  if (screen.name === 'home') byId('customer-body').scrollTop = 0
}

const enter = async (openKfId, link) => {
  const opened = link
    ? await act('customer/opens-link', { customer: state.customer, url: link.url })
    : await act('customer/opens', { customer: state.customer, openKfId })
  if (!opened) return
  await show({ name: 'chat', openKfId }, { toEnd: true })
  byId('customer-input').focus({ preventScroll: true })
}

const openContact = (userid) => show({ name: 'contact', userid }, { toEnd: true })
const openBank = () => show({ name: 'bank' })

/** Opens the profile of the manager behind an invitation. */
const openProfile = async (url) => {
  const found = await profileBehind(url)
  if (!found) return
  const add = async () => {
    if (await found.add(state.customer)) await openContact(found.userid)
  }
  await show({ name: 'profile', userid: found.userid, add: () => void add() })
}

/** A card that an RM sent into the chat: whoever taps it sees the profile, and adds him from there. */
const openCard = (userid) => {
  const { openKfId } = openChat()
  const add = async () => {
    if (await act('customer/adds-from-card', { customer: state.customer, openKfId })) await openContact(userid)
  }
  return show({ name: 'profile', userid, add: () => void add() })
}

const hello = () => el('div', { class: 'note' }, '还没有消息。写一句试试，例如「想了解经营贷款」。')

const drawChat = ({ toEnd }) => {
  const view = {
    mine: 'customer',
    click: (line, item) => void act('customer/clicks', { ...openChat(), item, msgid: line.msgid }),
    recall: (line) => void act('customer/recalls', { customer: state.customer, msgid: line.msgid }),
    profile: (url) => void openProfile(url),
    card: (userid) => void openCard(userid),
  }
  const lines = state.chat?.lines ?? []
  refill(byId('customer-body'), lines.length > 0 ? bubbles(state.chat, view) : [hello()], { toEnd })
}

const drawContact = ({ toEnd }) => {
  const lines = state.chat ? bubbles(state.chat, { mine: 'customer' }) : []
  refill(byId('customer-body'), lines.length > 0 ? lines : [notYet()], { toEnd })
}

/** The app stays as it is while it is open: whatever else happens must not load it anew. */
const drawBank = () => {
  const body = byId('customer-body')
  const address = `/bank.html?${new URLSearchParams({ customer: state.customer })}`
  if (body.querySelector('iframe')?.getAttribute('src') === address) return
  const given = { class: 'bank', src: address, title: `${world.corp} 手机银行`, data: { testid: 'bank' } }
  body.replaceChildren(el('iframe', given))
}

const drawHome = () => {
  const { banks } = world.customers.find((one) => one.externalUserId === state.customer) ?? {}
  const go = {
    enter: (openKfId, link) => void enter(openKfId, link),
    openBank: () => void openBank(),
    openContact: (userid) => void openContact(userid),
  }
  const body = byId('customer-body')
  const scrolled = body.scrollTop
  body.replaceChildren(...home({ banks, contacts: state.contacts, ...go }))
  body.scrollTop = scrolled
}

const screens = {
  home: { draw: drawHome, title: () => ['从哪里进来', customerName(state.customer)] },
  bank: { draw: drawBank, title: () => ['手机银行', customerName(state.customer)] },
  chat: { draw: drawChat, title: ({ openKfId }) => [account(openKfId)?.name ?? '', '微信客服'] },
  contact: { draw: drawContact, title: ({ userid }) => [member(userid)?.name ?? userid, `@${world.corp}`] },
  profile: {
    draw: () => byId('customer-body').replaceChildren(...profile(state.screen)),
    title: () => ['详细资料', ''],
  },
}

const draw = (how = {}) => {
  const { name } = state.screen
  const [title, note] = screens[name].title(state.screen)
  const writing = name === 'chat' || name === 'contact'
  byId('customer-back').hidden = name === 'home'
  byId('customer-form').hidden = !writing
  byId('customer-plus').hidden = name !== 'chat'
  if (name !== 'chat') closeSamples()
  byId('customer-title').textContent = title
  byId('customer-note').textContent = note
  screens[name].draw(how)
}

const readScreen = async () => {
  const { name, openKfId, userid } = state.screen
  const { customer } = state
  if (name === 'chat') state.chat = await read('chat', { openKfId, customer })
  if (name === 'contact') state.chat = (await read('contact', { userid, customer }))?.contact ?? null
  if (name === 'home')
    state.contacts = ((await read('contacts', { customer })) ?? []).filter(
      ({ phase }) => phase === 'full' || phase === 'half',
    )
}

/** Reads again what the phone shows, and shows it. */
export const refreshCustomer = async (how) => {
  await readScreen()
  draw(how)
}

export const chooseCustomer = async (customer) => {
  state.customer = customer
  byId('customer-select').value = customer
  await show(atHome)
}

/** Fills the list of customers; the chosen one stays chosen. */
export const fillCustomers = () => {
  const select = byId('customer-select')
  const options = world.customers.map(({ externalUserId }) =>
    el('option', { value: externalUserId }, customerName(externalUserId)),
  )
  select.replaceChildren(...options)
  if (!world.customers.some((one) => one.externalUserId === state.customer))
    state.customer = world.customers[0]?.externalUserId ?? ''
  select.value = state.customer
}

/** The bank app's button was tapped: WeChat opens with the link that the bank's server signed for him. */
const leaveBank = ({ origin, data }) => {
  if (origin !== location.origin || data?.bank !== 'contact') return
  if (data.customer === state.customer && state.screen.name === 'bank') void enter(data.openKfId, { url: data.url })
}

const submit = async (event) => {
  event.preventDefault()
  const input = byId('customer-input')
  const text = input.value.trim()
  const { name, userid } = state.screen
  if (text === '' || !['chat', 'contact'].includes(name)) return
  input.value = ''
  const sent =
    name === 'chat'
      ? act('customer/writes', { ...openChat(), text })
      : act('customer/tells', { userid, customer: state.customer, text })
  if (!(await sent)) input.value = text
}

/** Brings the customer's phone to life, where it was before a reload. */
export const startCustomer = () => {
  Object.assign(state, kept('customer'))
  fillCustomers()
  startSamples((type, payload) => void act('customer/sends', { ...openChat(), type, payload }))
  byId('customer-select').addEventListener('change', (event) => void chooseCustomer(event.target.value))
  byId('customer-back').addEventListener('click', () => void show(atHome))
  byId('customer-form').addEventListener('submit', (event) => void submit(event))
  addEventListener('message', leaveBank)
}
