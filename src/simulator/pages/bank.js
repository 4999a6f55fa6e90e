import { el } from './dom.js'

/** The bank's app on the customer's phone: a page as a bank would build it, with Yinqiao's snippet and a signed link. */
const faces = {
  person: {
    product: '手机银行',
    assets: '总资产（元）',
    services: ['转账', '理财', '基金', '存款', '贷款', '信用卡', '保险', '生活'],
    offer: ['稳健理财季', '客户经理一对一为您配置，活动期间专享权益'],
  },
  sme: {
    product: '企业手机银行',
    assets: '账户余额（元）',
    services: ['转账', '对账', '代发', '票据', '贷款', '开票', '结汇', '缴税'],
    offer: ['小微成长计划', '经营贷款线上申请，客户经理全程协助'],
  },
}

const customer = new URLSearchParams(location.search).get('customer') ?? ''
const byId = (id) => document.getElementById(id)

const hourForm = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Asia/Shanghai' })
const greeting = ({ name }, now) => {
  const hour = Number(hourForm.format(now))
  const part = hour < 5 ? '夜深了' : hour < 12 ? '上午好' : hour < 18 ? '下午好' : '晚上好'
  return `${name}，${part}`
}

const draw = ({ client, kind, bank, now }) => {
  const face = faces[kind]
  byId('bank').textContent = bank
  byId('product').textContent = face.product
  byId('greeting').textContent = greeting(client, now)
  byId('assets-name').textContent = face.assets
  byId('services').replaceChildren(...face.services.map((name) => el('span', {}, el('i', {}, [...name][0]), name)))
  byId('offer-title').textContent = face.offer[0]
  byId('offer-note').textContent = face.offer[1]
}

/** As the bank's page would: the script tag with the token that its server was given. */
const loadSnippet = ({ script, token }) =>
  new Promise((ready) => {
    const tag = el('script', { src: script, data: { token, page: 'home' } })
    tag.addEventListener('load', ready)
    tag.addEventListener('error', ready)
    document.head.append(tag)
  })

const contact = ({ chat }) => {
  byId('contact').classList.add('pressed')
  window.yinqiao?.touch('app.tap.contact_manager', { page: 'home' })
  // A phone leaves the app for WeChat here; in the frame the phone around it is told.
  setTimeout(() => parent.postMessage({ bank: 'contact', customer, ...chat }, location.origin), 450)
}

const start = async () => {
  const response = await fetch(`/sim/bank?${new URLSearchParams({ customer })}`)
  const { result: session, error } = await response.json()
  if (!session) {
    byId('greeting').textContent = error ?? '暂时无法打开'
    return
  }
  draw(session)
  if (session.touch) await loadSnippet(session.touch)
  byId('contact').disabled = false
  byId('contact').addEventListener('click', () => contact(session))
  document.body.dataset.ready = 'true'
}

await start()
