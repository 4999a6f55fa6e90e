import { act, read } from './api.js'
import { fillCustomers, openChat, refreshCustomer, startCustomer } from './customer.js'
import { byId } from './dom.js'
import { startLine } from './line.js'
import { customerName, dayOf, hourMinute, memberName, now, takeOverview } from './people.js'
import { chooseRm, fillRms, isBusy, note, refreshRm, showsChat, startRm } from './rm.js'

const refreshOverview = async () => {
  const overview = await read('overview')
  if (overview) takeOverview(overview)
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

/** What an RM should notice: a message of the app, a customer who is now his, a line of his customer. */
const arrivals = (changes) => {
  const news = changes.filter(({ kind, userid, from }) => userid && (kind === 'staff' || kind === 'session' || (kind === 'line' && from === 'customer')))
  return new Map(news.map((change) => [change.userid, change]))
}

const follow = async (changes) => {
  const shown = openChat()
  for (const [userid, change] of arrivals(changes)) {
    if (change.kind === 'staff') note(userid)
    if (change.kind !== 'staff' && !showsChat(change)) ring(`${memberName(userid)}：${customerName(change.externalUserId)} 有新动态`)
    else if (change.kind === 'staff') ring(`${memberName(userid)} 收到应用通知`)
    const his = change.kind !== 'staff' && (!shown || shown.customer === change.externalUserId)
    const wanted = his && byId('follow').checked && !isBusy() && !showsChat(change)
    if (wanted) await chooseRm(userid, { openKfId: change.openKfId, externalUserId: change.externalUserId })
  }
}

const overviewKinds = ['customer', 'member', 'account', 'reception', 'clock']
const hear = async (changes) => {
  if (changes.some(({ kind }) => overviewKinds.includes(kind))) await refreshOverview()
  const left = openChat()
  const touched = (change) => left && change.externalUserId === left.customer && change.openKfId === left.openKfId
  if (changes.some(touched)) {
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
  source.addEventListener('open', () => inTurn(() => hear([{ kind: 'clock' }])))
  source.addEventListener('message', ({ data }) => inTurn(() => hear(JSON.parse(data))))
}

const showTab = (tab) => {
  document.body.dataset.tab = tab
  document.querySelector(`.tabs [data-tab="${tab}"]`).classList.remove('new')
  document.querySelectorAll('.tabs button').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tab === tab)))
}

const startTop = () => {
  document.querySelectorAll('.tabs button').forEach((button) => button.addEventListener('click', () => showTab(button.dataset.tab)))
  document.querySelectorAll('[data-advance]').forEach((button) =>
    button.addEventListener('click', () => void act('clock/advance', { ms: Number(button.dataset.advance) })),
  )
  showTab('customer')
  setInterval(tick, 1000)
}

const overview = await refreshOverview()
startTop()
startCustomer()
startRm()
tick()
await refreshCustomer()
await refreshRm()
startLine({ live: overview?.live ?? false, heard: () => mark('line') })
startEvents()
document.body.dataset.ready = 'true'
