import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { bytes } from '../limits.ts'

/**
 * The only call without a token. Repeated calls answer the same token while it lives. A wrong secret gets the whole
 * address blocked for an hour after about 2,000 tries: never in a loop.
 */
export const getToken = endpoint({
  get: 'gettoken',
  doc: 'https://developer.work.weixin.qq.com/document/path/91039',
  ask: z.strictObject({ corpid: bytes(64), corpsecret: bytes(128) }),
  answer: z.looseObject({ access_token: z.string().min(1).max(512), expires_in: z.number().default(7200) }),
  fails: { 40001: 'wrong_setup', 40014: 'wrong_setup', 42001: 'wrong_setup' },
})

const ticket = z.looseObject({ ticket: z.string().min(1).max(512), expires_in: z.number().default(7200) })

/** The corp's ticket, for `getConfigSignature`. 100 an hour per app: keep it. */
export const getJsapiTicket = endpoint({
  get: 'get_jsapi_ticket',
  doc: 'https://developer.work.weixin.qq.com/document/path/96909',
  ask: z.strictObject({}),
  answer: ticket,
})

/** The app's own ticket, for `getAgentConfigSignature`; the two kinds cannot stand in for each other. */
export const getAgentTicket = endpoint({
  get: 'ticket/get',
  doc: 'https://developer.work.weixin.qq.com/document/path/96909',
  ask: z.strictObject({ type: z.literal('agent_config') }),
  answer: ticket,
})

const addresses = z.looseObject({ ip_list: z.array(z.string()).default([]) })

/** Where the API answers from: for the firewall's rules outwards. */
export const getApiDomainIp = endpoint({
  get: 'get_api_domain_ip',
  doc: 'https://developer.work.weixin.qq.com/document/path/92520',
  ask: z.strictObject({}),
  answer: addresses,
})

/** Where callbacks come from: single addresses, `101.226.103.*` or CIDR. */
export const getCallbackIp = endpoint({
  get: 'getcallbackip',
  doc: 'https://developer.work.weixin.qq.com/document/path/90930',
  ask: z.strictObject({}),
  answer: addresses,
})
