import { act, read } from './api.js'
import { fillCustomers, isOnPhone, openChat, refreshCustomer, startCustomer } from './customer.js'
import { byId } from './dom.js'
import { startLine } from './line.js'
import { startRemembering } from './remember.js'
import { startStory } from './story.js'
import { mark, ring, startTabs } from './tabs.js'
import { startViews } from './views.js'
import { startWhy } from './why.js'
import { customerName, dayOf, hourMinute, memberName, now, takeOverview, world } from './people.js'
import { chooseRm, fillRms, isBusy, lastAppWords, note, refreshRm, showsChat, startRm } from './rm.js'

const refreshOverview = async () => {
  const overview = await read('overview')
  // The simulator was started anew: nothing of what the page shows is there any more.
  if (overview && world.begun && overview.begun !== world.begun) location.reload()
  if (overview) takeOverview(overview)
  document.body.dataset.movable = String(overview?.movable ?? false)
  document.body.dataset.live = String(overview?.live ?? false)
  byId('corp').textContent = overview?.corp ?? ''
  fillCustomers()
  fillRms()
  return overview
}

const tick = () => {
  byId('clock').textContent = `${dayOf(now())} ${hourMinute(now())}`
  document.querySelectorAll('.phone-time').forEach((place) => (place.textContent = hourMinute(now())))
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
    const [title, more] = await lastAppWords(userid)
    ring(`${memberName(userid)} · 引桥助手：${title}`, more)
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

const startTop = () => {
  document
    .querySelectorAll('[data-advance]')
    .forEach((button) =>
      button.addEventListener('click', () => void act('clock/advance', { ms: Number(button.dataset.advance) })),
    )
  setInterval(tick, 1000)
}

const overview = await refreshOverview()
startRemembering(overview?.begun)
startTop()
startTabs()
startCustomer()
startRm()
startViews()
startWhy()
startStory()
tick()
await refreshCustomer()
await refreshRm()
const opened = now()
startLine({ live: overview?.live ?? false, heard: ({ at }) => Date.parse(at) > opened && mark('line') })
startEvents()
document.body.dataset.ready = 'true'
