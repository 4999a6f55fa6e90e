// The bank's app server, as far as Yinqiao is concerned: it knows who is logged in, keeps the key of the role `app`, makes the
// signed link and tells what the customer did. Node alone, no packages.
//
//   YINQIAO_KEY=yq_… CHANNEL=app_loan node docs/examples/app-entry/server.mjs
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const {
  YINQIAO_URL = 'http://127.0.0.1:3000',
  YINQIAO_KEY,
  CHANNEL = 'app_loan',
  PORT = '3200',
  SIMULATOR_URL,
} = process.env
if (!YINQIAO_KEY) {
  console.error('Set YINQIAO_KEY to a key of the role app: POST /api/v1/keys {"name": "手机银行", "role": "app"}')
  process.exit(1)
}

/** Good for an hour: long enough to tap, too short to be passed around. */
const linkMs = 3_600_000

const yinqiao = async (path, body) => {
  const headers = { authorization: `Bearer ${YINQIAO_KEY}`, 'content-type': 'application/json' }
  const answer = await fetch(`${YINQIAO_URL}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const told = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(told.detail), { status: answer.status })
  return told
}

/** The client number comes from the login, never from the page. */
const linkFor = async (clientNo, { campaign }) => {
  const expiresAt = new Date(Date.now() + linkMs).toISOString()
  const { url } = await yinqiao(`/channels/${CHANNEL}/links`, { clientNo, campaign, expiresAt })
  return { url: SIMULATOR_URL ? `/simulated?url=${encodeURIComponent(url)}` : url }
}

/** Made once, with its key: sent again after a failure it still counts once. */
const touch = async (clientNo, { kind, data }) => {
  const touchpoint = { key: randomUUID(), kind, at: new Date().toISOString(), clientNo, channel: CHANNEL, data }
  for (let pause = 500; pause <= 8_000; pause *= 2) {
    try {
      const { rejected } = await yinqiao('/touchpoints', touchpoint)
      if (rejected.length > 0) console.error(`rejected: ${rejected[0].message}`)
      return
    } catch (error) {
      if (error.status && error.status < 500 && error.status !== 429) return console.error(error.message)
      await new Promise((done) => setTimeout(done, pause))
    }
  }
  console.error('a touchpoint was not taken: keep it and send it again later')
}

/** With the bundled simulator there is no WeChat to open: its customer opens the link on the phones page. */
const openSimulated = async (url) => {
  const body = JSON.stringify({ customer: process.env.SIMULATED_CUSTOMER ?? 'wm_app_customer', url })
  await fetch(`${SIMULATOR_URL}/sim/customer/opens-link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return SIMULATOR_URL
}

// ---- a login for the example; yours is your own
const secret = randomBytes(32)
const sign = (clientNo) => createHmac('sha256', secret).update(clientNo).digest('base64url')
const cookieFor = (clientNo) => `client=${clientNo}.${sign(clientNo)}; HttpOnly; SameSite=Strict; Path=/`
const loggedIn = (request) => {
  const [, clientNo, proof] = /(?:^|; )client=([\w-]+)\.([\w-]+)/.exec(request.headers.cookie ?? '') ?? []
  if (!clientNo) return null
  const [given, wanted] = [Buffer.from(proof), Buffer.from(sign(clientNo))]
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? clientNo : null
}

// ---- HTTP
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }
const files = new Set(['index.html', 'page.js', 'entry.js', 'page.css'])

const jsonOf = async (request) => {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw Object.assign(new Error('send JSON'), { status: 415 })
  let text = ''
  for await (const chunk of request)
    if ((text += chunk).length > 16_384) throw Object.assign(new Error('too long'), { status: 413 })
  return JSON.parse(text)
}

const routes = {
  'POST /login': async (request, answer) => {
    const { clientNo } = await jsonOf(request)
    if (typeof clientNo !== 'string' || !/^[\w-]{1,64}$/.test(clientNo)) return answer(422, {})
    return answer(200, {}, { 'set-cookie': cookieFor(clientNo) })
  },
  'POST /yinqiao/link': async (request, answer) => {
    const clientNo = loggedIn(request)
    return clientNo ? answer(200, await linkFor(clientNo, await jsonOf(request))) : answer(401, {})
  },
  'POST /yinqiao/touch': async (request, answer) => {
    const clientNo = loggedIn(request)
    if (!clientNo) return answer(401, {})
    void touch(clientNo, await jsonOf(request))
    return answer(202, {})
  },
  'GET /simulated': async (request, answer) => {
    const url = new URL(request.url, 'http://app').searchParams.get('url')
    return SIMULATOR_URL && url ? answer(302, {}, { location: await openSimulated(url) }) : answer(404, {})
  },
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://app')
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    response.end(JSON.stringify(body))
  }
  try {
    const route = routes[`${request.method} ${pathname}`]
    if (route) return await route(request, answer)
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    if (request.method !== 'GET' || !files.has(name)) return answer(404, {})
    const policy = "default-src 'self'; frame-ancestors 'none'"
    response.writeHead(200, { 'content-type': types[name.split('.').pop()], 'content-security-policy': policy })
    response.end(await readFile(new URL(name, import.meta.url)))
  } catch (error) {
    console.error(error.message)
    answer(error.status ?? 502, {})
  }
})
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
