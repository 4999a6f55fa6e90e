import { act, read } from './api.js'
import { fillCustomers, isOnPhone, openChat, refreshCustomer, startCustomer } from './customer.js'
import { byId } from './dom.js'
import { startLine } from './line.js'
import { startStory } from './story.js'
import { startViews } from './views.js'
import { startWhy } from './why.js'
import { customerName, dayOf, hourMinute, memberName, now, takeOverview } from './people.js'
import { chooseRm, fillRms, isBusy, lastAppWords, note, refreshRm, showsChat, startRm } from './rm.js'

const refreshOverview = async () => {
  const overview = await read('overview')
  if (overview) takeOverview(overview)
  document.body.dataset.movable = String(overview?.movable ?? false)
  byId('corp').textContent = overview?.corp ?? ''
  fillCustomers()
  fillRms()
  return overview
}

const tick = () => {
  byId('clock').textContent = `${dayOf(now())} ${hourMinute(now())}`
  document.querySelectorAll('.phone-time').forEach((place) => (place.textContent = hourMinute(now())))
}

const mark = (tab) => {
  if (document.body.dataset.tab !== tab) document.querySelector(`.tabs [data-tab="${tab}"]`).classList.add('new')
}

let leaving
/** A banner at the top of the RM's phone, as a phone shows it when something comes. */
const ring = (words) => {
  const banner = byId('banner')
  banner.textContent = words
  banner.hidden = false
  mark('rm')
  clearTimeout(leaving)
  leaving = setTimeout(() => (banner.hidden = true), 3500)
}

/** What happened in a chat that its RM should notice: it is his now, or the customer wrote. */
const isChatNews = ({ kind, userid, from }) =>
  userid && (kind === 'session' || (kind === 'line' && from === 'customer'))

/** What the app wrote comes last: it says more than that a chat has moved. */
const ringFor = async (changes) => {
  for (const change of changes.filter(isChatNews)) {
    if (!showsChat(change)) ring(`${memberName(change.userid)}：${customerName(change.externalUserId)} 有新动态`)
  }
  for (const { userid } of changes.filter(({ kind }) => kind === 'staff')) {
    note(userid)
    ring(`${memberName(userid)} · 引桥助手：${await lastAppWords(userid)}`)
  }
}

/** Switches to the phone of whoever has the customer now, unless somebody is typing there. */
const follow = async (changes) => {
  await ringFor(changes)
  const shown = openChat()
  const latest = changes.findLast(
    (change) => isChatNews(change) && (!shown || shown.customer === change.externalUserId),
  )
  if (!latest || !byId('follow').checked || isBusy() || showsChat(latest)) return
  await chooseRm(latest.userid, { openKfId: latest.openKfId, externalUserId: latest.externalUserId })
}

const overviewKinds = ['customer', 'member', 'account', 'reception', 'clock']
const hear = async (changes) => {
  if (changes.some(({ kind }) => overviewKinds.includes(kind))) await refreshOverview()
  if (changes.some(isOnPhone)) {
    mark('customer')
    await refreshCustomer()
  }
  await follow(changes)
  await refreshRm()
}

/** One after the other, so that an older answer never overwrites a newer one. */
let turn = Promise.resolve()
const inTurn = (work) => (turn = turn.then(work, work))

const startEvents = () => {
  const source = new EventSource('/sim/events')
  source.addEventListener('open', () => void inTurn(() => hear([{ kind: 'clock' }])))
  source.addEventListener('message', ({ data }) => void inTurn(() => hear(JSON.parse(data))))
}

const showTab = (tab) => {
  document.body.dataset.tab = tab
  document.querySelector(`.tabs [data-tab="${tab}"]`).classList.remove('new')
  document
    .querySelectorAll('.tabs button')
    .forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tab === tab)))
}

const startTop = () => {
  document
    .querySelectorAll('.tabs button')
    .forEach((button) => button.addEventListener('click', () => showTab(button.dataset.tab)))
  document
    .querySelectorAll('[data-advance]')
    .forEach((button) =>
      button.addEventListener('click', () => void act('clock/advance', { ms: Number(button.dataset.advance) })),
    )
  showTab('customer')
  setInterval(tick, 1000)
}

const overview = await refreshOverview()
startTop()
startCustomer()
startRm()
startViews()
startWhy()
startStory()
tick()
await refreshCustomer()
await refreshRm()
startLine({ live: overview?.live ?? false, heard: () => mark('line') })
startEvents()
document.body.dataset.ready = 'true'
