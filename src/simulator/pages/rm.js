import { act, read } from './api.js'
import { appMessage } from './app-message.js'
import { bubbles } from './bubbles.js'
import { preview } from './content.js'
import { byId, el, refill } from './dom.js'
import { account, avatar, bankName, hourOrDay, member, memberName, nickname, when, world } from './people.js'
import { receptionSwitch } from './reception.js'
import { keep, kept } from './remember.js'
import { chatRow } from './rm-chats.js'
import { contactLines, contactRows, contactTools } from './rm-contacts.js'
import { row } from './rm-row.js'
import { chatTools } from './rm-tools.js'

/** `open` is null for the list, `app` for the app's messages, a kf chat, or a private one (`{ contact }`). */
const state = { userid: '', desk: null, open: null, chat: null, contacts: [] }
/** What arrived for whom and was not looked at, by userid. */
const unread = new Map()

export const currentRm = () => state.userid
export const isBusy = () => byId('rm-input').value.trim() !== ''

const sameChat = (one, other) =>
  one && other && one.openKfId && one.openKfId === other.openKfId && one.externalUserId === other.externalUserId
const chatOf = (open) => state.desk?.chats.find((chat) => sameChat(chat, open))

const show = async (open) => {
  state.open = open
  keepPlace()
  state.chat = null
  byId('rm-input').value = ''
  await refreshRm({ toEnd: true })
}

const keepPlace = () => keep('rm', { userid: state.userid, open: state.open })

const dots = (count) => count > 0 && el('i', { class: 'badge' }, String(count))

const openChat = ({ openKfId, externalUserId }) => void show({ openKfId, externalUserId })

const list = () => {
  const { inbox, chats } = state.desk
  const last = inbox.at(-1)
  const count = unread.get(state.userid) ?? 0
  const app = row({
    testid: 'app-item',
    name: '引桥助手',
    kind: 'app',
    note: last ? preview(last.msgtype, last.body) : '暂无通知',
    time: last ? hourOrDay(last.at) : '',
    badge: dots(count),
    onOpen: () => void show('app'),
  })
  const contacts = contactRows(state.contacts, (contact) => void show({ contact }))
  const empty = chats.length + contacts.length === 0 && el('div', { class: 'note' }, '分给他的客户会出现在这里。')
  return [receptionSwitch(member(state.userid)), app, ...chats.map(chatRow(openChat)), ...contacts, empty].filter(
    Boolean,
  )
}

const press = (msgid, key, selected) => {
  const chosen = Object.keys(selected).length > 0 ? { selected } : {}
  void act('servicer/clicks', { userid: state.userid, msgid, key, ...chosen })
}

const ownWords = ({ text }) =>
  el(
    'div',
    { class: 'row right', data: { testid: 'app-said' } },
    avatar(state.desk.name, 'servicer'),
    el('div', { class: 'column-of' }, el('div', { class: 'bubble' }, el('p', { class: 'words' }, text))),
  )

/** The chat with the app: what it sent him and what he wrote to it, as it came. */
const appMessages = () => {
  unread.delete(state.userid)
  const { inbox, said } = state.desk
  const all = [
    ...inbox.map((message) => ({ at: message.at, node: () => appMessage(message, press) })),
    ...said.map((own) => ({ at: own.at, node: () => ownWords(own) })),
  ].sort((one, other) => one.at - other.at)
  const stamp = ({ at }, before) => (before && at - before.at < 60_000 ? [] : [el('div', { class: 'stamp' }, when(at))])
  return all.length > 0
    ? all.flatMap((one, index) => [...stamp(one, all[index - 1]), one.node()])
    : [el('div', { class: 'note' }, '暂无通知。写「帮助」看看能对它说什么。')]
}

const chatWith = () => ({ userid: state.userid, openKfId: state.open.openKfId, customer: state.open.externalUserId })
const recall = (line) => void act('servicer/recalls', { ...chatWith(), msgid: line.msgid })

const hint = (chat) => {
  if (chat?.relation === 'pool') return el('div', { class: 'note' }, '客户在待接入池中排队，点右上角「接入」开始接待。')
  if (chat?.relation === 'ended') return el('div', { class: 'note' }, '会话已结束；直接回复会重新打开会话。')
  return chat?.relation === 'elsewhere'
    ? el('div', { class: 'note' }, `现由 ${memberName(chat.servicer) || '智能助手'} 接待。`)
    : null
}

/** Under his name in WeChat: what the bank calls him. */
const besideName = (id, words) => (bankName(id) ? `行内：${bankName(id)}` : words)

const contactWith = () => ({ userid: state.userid, customer: state.open.contact })

/** Of each thing that can be open: its title, what can be done with it, whether he can write, and what it shows. */
const opened = {
  list: () => {
    const person = member(state.userid)
    return { title: state.desk.name, note: `${person?.department ?? ''} · ${person?.position ?? ''}`, body: list }
  },
  app: () => ({
    title: '引桥助手',
    note: '应用消息',
    writes: true,
    placeholder: '对引桥助手说：今日、待办、帮助…',
    body: appMessages,
  }),
  contact: () => ({
    title: state.chat?.remark || state.chat?.nickname || '',
    note: state.chat?.remark ? `微信：${state.chat.nickname}` : besideName(state.open.contact, '客户联系人'),
    tools: contactTools(state.chat, contactWith()),
    writes: state.chat?.phase === 'full',
    placeholder: '和客户聊天',
    body: () => contactLines(state.chat),
  }),
  chat: () => {
    const chat = chatOf(state.open)
    return {
      title: nickname(state.open.externalUserId),
      note: besideName(state.open.externalUserId, account(state.open.openKfId)?.name ?? ''),
      tools: chatTools({ chat, ask: chatWith(), left: () => void show(null) }),
      writes: ['mine', 'ended'].includes(chat?.relation),
      placeholder: '回复客户',
      body: () =>
        [...(state.chat ? bubbles(state.chat, { mine: 'servicer', recall }) : []), hint(chat)].filter(Boolean),
    }
  },
}

const kindOf = (open) => {
  if (open === null) return 'list'
  if (open === 'app') return 'app'
  return open.contact ? 'contact' : 'chat'
}

const draw = (how) => {
  if (!state.desk) return
  const { title, note, tools = [], writes = false, placeholder = '', body } = opened[kindOf(state.open)]()
  byId('rm-back').hidden = state.open === null
  byId('rm-title').textContent = title
  byId('rm-note').textContent = note
  byId('rm-tools').replaceChildren(...tools)
  byId('rm-form').hidden = !writes
  byId('rm-input').placeholder = placeholder
  refill(byId('rm-body'), body(), how)
}

const readOpen = (open) => {
  const kind = kindOf(open)
  if (kind === 'contact')
    return read('contact', { userid: state.userid, customer: open.contact }).then((answer) => answer?.contact ?? null)
  return kind === 'chat' ? read('chat', { openKfId: open.openKfId, customer: open.externalUserId }) : null
}

/** Reads his desk and the open chat again and shows them. */
export const refreshRm = async (how = {}) => {
  if (!state.userid) return
  const asked = state.open
  ;[state.desk, state.contacts, state.chat] = await Promise.all([
    read('desk', { userid: state.userid }),
    read('contacts', { userid: state.userid }).then((found) => found ?? []),
    readOpen(asked),
  ])
  draw(how)
  fillRms()
}

export const chooseRm = async (userid, open = null) => {
  Object.assign(state, { userid, open, chat: null })
  keepPlace()
  byId('rm-input').value = ''
  await refreshRm({ toEnd: true })
}

/** A phone's notification: how the message begins, and what a card says below its title. */
export const lastAppWords = async (userid) => {
  const last = (await read('desk', { userid }))?.inbox.at(-1)
  return last ? [preview(last.msgtype, last.body), last.body.main_title && last.body.sub_title_text] : ['新通知']
}

/** Something came for an RM: his counter goes up until somebody looks. */
export const note = (userid) => {
  const looking = userid === state.userid && state.open === 'app'
  if (!looking) unread.set(userid, (unread.get(userid) ?? 0) + 1)
}

/** True when this chat is open on the phone of the RM whom the change concerns. */
export const showsChat = (change) => change.userid === state.userid && sameChat(state.open, change)

/** Fills the list of RMs by branch, with a mark for those who have something new. */
export const fillRms = () => {
  const branches = [...new Set(world.members.map((one) => one.department))]
  const option = ({ userid, name }) => el('option', { value: userid }, unread.get(userid) ? `${name}（新通知）` : name)
  const group = (branch) =>
    el('optgroup', { label: branch }, world.members.filter((one) => one.department === branch).map(option))
  byId('rm-select').replaceChildren(...branches.map(group))
  if (!member(state.userid)) state.userid = world.members[0]?.userid ?? ''
  byId('rm-select').value = state.userid
}

const submit = async (event) => {
  event.preventDefault()
  const input = byId('rm-input')
  const text = input.value.trim()
  if (text === '' || !state.open) return
  input.value = ''
  const send = {
    app: () => act('servicer/writes', { userid: state.userid, text }),
    contact: () => act('servicer/tells', { ...contactWith(), text }),
    chat: () => act('servicer/replies', { ...chatWith(), text }),
  }
  const sent = send[kindOf(state.open)]()
  if (!(await sent)) input.value = text
}

/** Brings the RM's phone to life, where it was before a reload. */
export const startRm = () => {
  Object.assign(state, kept('rm'))
  byId('rm-select').addEventListener('change', (event) => {
    byId('banner').hidden = true
    void chooseRm(event.target.value)
  })
  byId('rm-back').addEventListener('click', () => void show(null))
  byId('rm-form').addEventListener('submit', (event) => void submit(event))
}
