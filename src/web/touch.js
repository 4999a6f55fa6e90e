/**
 * 引桥触点上报：放进 App 内的 H5 页面，上报“看了哪一页、点了哪个按钮”。
 *
 *   <script src="https://引桥地址/touch.js" data-token="服务器取得的令牌" data-page="loan" defer></script>
 *   yinqiao.touch('app.tap.contact_manager', { product: 'loan' })
 *
 * 令牌由行内服务器取得：POST /api/v1/channels/{渠道}/touch-tokens。页面不保存密钥，也读不到任何数据。
 */
;(() => {
  const script = document.currentScript
  const address = new URL('touch', script.src).href
  const { token, page } = script.dataset
  const mostTries = 3
  const waiting = []
  let timer = 0

  const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

  /** 离开页面时浏览器仍会替我们发完。每条都有自己的 key，重发不会记两次。 */
  const leave = () => {
    if (waiting.length === 0) return
    const events = waiting.splice(0, 50)
    navigator.sendBeacon(address, JSON.stringify({ token, events: events.map(({ event }) => event) }))
  }

  const again = (events) => {
    waiting.unshift(...events.filter((one) => (one.tries += 1) < mostTries))
    if (waiting.length > 0) later(5000)
  }

  const send = async () => {
    timer = 0
    const events = waiting.splice(0, 50)
    if (events.length === 0) return
    const body = JSON.stringify({ token, events: events.map(({ event }) => event) })
    try {
      const answer = await fetch(address, { method: 'POST', body, credentials: 'omit' })
      if (answer.status === 429 || answer.status >= 500) again(events)
      else if (!answer.ok) console.warn('引桥触点未被接受：', (await answer.json()).detail)
    } catch {
      again(events)
    }
  }

  const later = (ms) => {
    timer ||= setTimeout(() => void send(), ms)
  }

  /** 上报一条：kind 为 app.page.… 或 app.tap.…；data 只放事实，不放聊天内容。 */
  const touch = (kind, data = {}) => {
    waiting.push({ event: { key: newKey(), kind, at: new Date().toISOString(), data }, tries: 0 })
    later(300)
  }

  addEventListener('pagehide', leave)
  addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave())
  window.yinqiao = { touch }
  if (page) touch(`app.page.${page}`)
})()
