import { Impossible } from '../model/refused.ts'
import type { Live } from '../control/control.ts'
import type { World } from '../model/world.ts'

export type BankSession = {
  client: { clientNo: string; name: string }
  kind: 'person' | 'sme'
  bank: string
  /** Milliseconds: the clock of the simulated phones. */
  now: number
  /** Yinqiao's snippet with the token for it; null while no Yinqiao is there. */
  touch: { script: string; token: string } | null
  /** Where the button 「联系客户经理」 leads: a link signed for this client, or the bank's plain one. */
  chat: { openKfId: string; url: string }
}

const campaigns = { person: 'wealth-season', sme: 'sme-growth' }
const scenes = { person: 'app_home', sme: 'app_loan' }

/** What the bank's own server does when a client opens its app: a touch token and an entry link, both for him alone. */
export const bankSession = async (world: World, live: Live | null, customer: string): Promise<BankSession> => {
  const client = world.customers.get(customer)?.client
  if (!client) throw new Impossible('这位客户没有开通手机银行')
  const kind = client.clientNo.startsWith('S') ? 'sme' : 'person'
  const link = [...world.links.values()].find(({ scene }) => scene === scenes[kind])
  if (!link) throw new Impossible('演示手机银行没有客服入口')
  const ask = { clientNo: client.clientNo, campaign: campaigns[kind] }
  const path = `/api/v1/channels/${link.scene}`
  const [token, signed] = live?.appKey
    ? await Promise.all([post(live, `${path}/touch-tokens`, ask), post(live, `${path}/links`, ask)])
    : [null, null]
  return {
    client,
    kind,
    bank: world.corp.name,
    now: world.now(),
    touch: token && live ? { script: `${live.url}/touch.js`, token: String(token['token']) } : null,
    chat: { openKfId: link.openKfId, url: signed ? String(signed['url']) : link.url },
  }
}

/** Null when Yinqiao does not answer or does not know the channel: the page then works as a page without Yinqiao would. */
const post = async (live: Live, path: string, body: object): Promise<Record<string, unknown> | null> => {
  const response = await fetch(live.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${live.appKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null)
  return response?.ok ? ((await response.json()) as Record<string, unknown>) : null
}
