import { act, read } from './api.js'
import { appMessage } from './app-message.js'
import { bubbles } from './bubbles.js'
import { preview } from './content.js'
import { byId, el, refill } from './dom.js'
import { account, avatar, member, memberName, when, world } from './people.js'
import { receptionSwitch } from './reception.js'
import { chatTools } from './rm-tools.js'

/** `open` is null for the list, `app` for the app's messages, or a chat. */
const state = { userid: '', desk: null, open: null, chat: null }
/** What arrived for whom and was not looked at, by userid. */
const unread = new Map()

export const currentRm = () => state.userid
export const isBusy = () => byId('rm-input').value.trim() !== ''

const sameChat = (one, other) =>
  one && other && one.openKfId === other.openKfId && one.externalUserId === other.externalUserId
const chatOf = (open) => state.desk?.chats.find((chat) => sameChat(chat, open))

const show = async (open) => {
  state.open = open
  state.chat = null
  byId('rm-input').value = ''
  await refreshRm({ toEnd: true })
}

const dots = (count) => count > 0 && el('i', { class: 'badge' }, String(count))

const row = ({ testid, name, note, time, badge, tag, onOpen, kind = '', data = {} }) =>
  el(
    'button',
    { type: 'button', class: 'item', data: { testid, ...data }, on: { click: onOpen } },
    avatar(name, kind),
    el(
      'span',
      { class: 'item-text' },
      el('strong', {}, name, tag && el('em', { class: `tag ${tag.kind}` }, tag.text)),
      el('small', {}, note),
    ),
    el('span', { class: 'item-side' }, el('time', {}, time), badge),
  )

const tags = {
  mine: { kind: 'mine', text: '接待中' },
  pool: { kind: 'pool', text: '待接入' },
  ended: { kind: 'ended', text: '已结束' },
  elsewhere: { kind: 'ended', text: '已转出' },
}

const chatRow = (chat) =>
  row({
    testid: 'chat-item',
    data: { customer: chat.externalUserId, account: chat.openKfId, relation: chat.relation },
    name: chat.nickname,
    note: chat.last ? preview(chat.last.type, chat.last.payload) : '',
    time: when(chat.at),
    tag: tags[chat.relation],
    badge: chat.relation === 'mine' && chat.waiting ? el('i', { class: 'badge dot' }) : null,
    onOpen: () => void show({ openKfId: chat.openKfId, externalUserId: chat.externalUserId }),
  })

const list = () => {
  const { inbox, chats } = state.desk
  const last = inbox.at(-1)
  const count = unread.get(state.userid) ?? 0
  const app = row({
    testid: 'app-item',
    name: '引桥助手',
    kind: 'app',
    note: last ? preview(last.msgtype, last.body) : '暂无通知',
    time: last ? when(last.at) : '',
    badge: dots(count),
    onOpen: () => void show('app'),
  })
  const empty = chats.length === 0 && el('div', { class: 'note' }, '分给他的客户会出现在这里。')
  return [receptionSwitch(member(state.userid)), app, ...chats.map(chatRow), empty].filter(Boolean)
}

const press = (msgid, key, selected) => {
  const chosen = Object.keys(selected).length > 0 ? { selected } : {}
  void act('servicer/clicks', { userid: state.userid, msgid, key, ...chosen })
}

const appMessages = () => {
  unread.delete(state.userid)
  const stamp = (at) => el('div', { class: 'stamp' }, when(at))
  const all = state.desk.inbox.flatMap((message) => [stamp(message.at), appMessage(message, press)])
  return all.length > 0 ? all : [el('div', { class: 'note' }, '暂无通知')]
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

const drawTitle = () => {
  const { open, desk, userid } = state
  const person = member(userid)
  const inChat = open && open !== 'app'
  byId('rm-back').hidden = open === null
  byId('rm-title').textContent = inChat
    ? (chatOf(open)?.nickname ?? '')
    : open === 'app'
      ? '引桥助手'
      : (desk?.name ?? '')
  byId('rm-note').textContent = inChat
    ? `${account(open.openKfId)?.name ?? ''}`
    : open === 'app'
      ? '应用消息'
      : `${person?.department ?? ''} · ${person?.position ?? ''}`
  byId('rm-tools').replaceChildren(
    ...(inChat ? chatTools({ chat: chatOf(open), ask: chatWith(), left: () => void show(null) }) : []),
  )
  byId('rm-form').hidden = !inChat || !['mine', 'ended'].includes(chatOf(open)?.relation)
}

const draw = (how) => {
  if (!state.desk) return
  drawTitle()
  if (state.open === null) return refill(byId('rm-body'), list())
  if (state.open === 'app') return refill(byId('rm-body'), appMessages(), how)
  const lines = state.chat ? bubbles(state.chat, { mine: 'servicer', recall }) : []
  refill(byId('rm-body'), [...lines, hint(chatOf(state.open))].filter(Boolean), how)
}

/** Reads his desk and the open chat again and shows them. */
export const refreshRm = async (how = {}) => {
  if (!state.userid) return
  const asked = state.open
  state.desk = await read('desk', { userid: state.userid })
  if (asked && asked !== 'app')
    state.chat = await read('chat', { openKfId: asked.openKfId, customer: asked.externalUserId })
  draw(how)
  fillRms()
}

export const chooseRm = async (userid, open = null) => {
  Object.assign(state, { userid, open, chat: null })
  byId('rm-input').value = ''
  await refreshRm({ toEnd: true })
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
  const option = ({ userid, name, department }) => {
    const mark = unread.get(userid) ? ` ● ${unread.get(userid)}` : ''
    return el('option', { value: userid }, `${name} · ${department}${mark}`)
  }
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
  if (text === '' || !state.open || state.open === 'app') return
  input.value = ''
  if (!(await act('servicer/replies', { ...chatWith(), text }))) input.value = text
}

/** Brings the RM's phone to life. */
export const startRm = () => {
  byId('rm-select').addEventListener('change', (event) => void chooseRm(event.target.value))
  byId('rm-back').addEventListener('click', () => void show(null))
  byId('rm-form').addEventListener('submit', (event) => void submit(event))
}
