/**
 * The part that runs in the bank's own page, in a browser or an H5 view. It knows neither the API key nor who the customer is:
 * both stay with the app's server, which makes the signed link (server.mjs).
 *
 *   const manager = await prepareEntry({ campaign: 'spring-2026' })
 *   button.addEventListener('click', manager.open)
 *
 * The link is fetched before the tap: WeChat and browsers open another app only from a tap itself.
 */
export const prepareEntry = async ({ base = '/yinqiao', campaign, page = location.pathname } = {}) => {
  const link = await post(`${base}/link`, { campaign })
  void told(base, 'app.entry_shown', { page, campaign })
  return {
    /** Where the chat is: for a QR code on a desktop page. */
    url: link.url,
    open: () => {
      told(base, 'app.button_tapped', { page, campaign })
      location.assign(link.url)
    },
  }
}

const post = async (url, body) => {
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`服务器返回 ${answer.status}`)
  return answer.json()
}

/** A beacon is sent even while the page is being left; whoever blocks it still gets to the chat. */
const told = (base, kind, data) => {
  const body = new Blob([JSON.stringify({ kind, data })], { type: 'application/json' })
  return navigator.sendBeacon(`${base}/touch`, body)
}
