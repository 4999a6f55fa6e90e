import type { Answer } from './answer.ts'
import { readAnswer } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import { NetworkError, WecomError } from './error.ts'
import { failureOf } from './failures.ts'
import type { Cost, Quota } from './quota.ts'
import type { HttpReply, Transport } from './transport.ts'

/** One call as it goes over the wire; `file` lets an answer be a file instead of JSON. */
export type Sending = {
  endpoint: Endpoint
  cost: Cost
  query: Record<string, string>
  body?: string | FormData | undefined
  signal: AbortSignal
  file?: { maxBytes: number }
}
export type Received = { body: Record<string, unknown>; reply: HttpReply }

/** What a call came to, for counters: `ok`, a failure class or `network`. */
export type Seen = { path: string; result: string; ms: number }

type Parts = {
  transport: Transport
  quota: Quota
  now: () => number
  random: () => number
  pause: (ms: number, signal: AbortSignal) => Promise<void>
  log?: { warn(fields: object, message: string): void } | undefined
  seen?: ((call: Seen) => void) | undefined
}
export type Exchange = (sending: Sending) => Promise<Received>

/** The first try and at most three more. */
const retries = 3

/** POSTs that only read, or that do no harm when done twice. GETs are safe by themselves. */
const repeatable = new Set([
  'kf/sync_msg',
  'kf/service_state/get',
  'kf/account/list',
  'kf/customer/batchget',
  'kf/get_corp_statistic',
  'kf/get_servicer_statistic',
  'media/upload',
  'media/get_upload_by_url_result',
  'user/list_id',
  'user/getuserid',
  'auth/getuserdetail',
  'externalcontact/batch/get_by_user',
  'externalcontact/customer_acquisition/customer',
  'externalcontact/customer_acquisition/get',
  'externalcontact/customer_acquisition/get_chat_info',
  'externalcontact/customer_acquisition/list_link',
  'externalcontact/customer_acquisition/statistic',
  'externalcontact/get_contact_way',
  'externalcontact/get_corp_tag_list',
  'externalcontact/get_unassigned_list',
  'externalcontact/groupchat/get',
  'externalcontact/groupchat/list',
  'externalcontact/list_contact_way',
  'externalcontact/mark_tag',
  'externalcontact/remark',
  'externalcontact/transfer_result',
])

/**
 * One request and its answer: within the budget, with repeats where they can do no harm. `-1` and `6000` are repeated, a
 * request that did not get out too; one whose outcome is unknown only when its endpoint does not mind.
 */
export const createExchange = ({ transport, quota, now, random, pause, log, seen }: Parts): Exchange => {
  const once = async ({ endpoint, cost, query, body, signal, file }: Sending): Promise<Received> => {
    const { path, method } = endpoint
    await quota.enter(cost, signal)
    const reply = await transport.send({ method, path, query, body, signal, maxBytes: file?.maxBytes })
    if (file && isFile(reply)) return { body: {}, reply }
    const answer = readAnswer(reply.bytes.toString())
    if (!answer) throw new NetworkError({ outcome: 'unknown', path, code: 'not JSON' })
    if (answer.errcode === 0 || endpoint.empty.includes(answer.errcode)) return { body: answer.body, reply }
    throw await refusal(endpoint, cost, answer)
  }

  const refusal = async ({ path, fails }: Endpoint, cost: Cost, { errcode, hint, fromIp }: Answer) => {
    const { failure, advice } = failureOf(errcode, fails)
    const retryAfterMs = failure === 'back_off' ? await quota.suspend(cost, errcode) : undefined
    if (failure === 'back_off' || failure === 'wrong_setup')
      log?.warn({ path, errcode, hint, fromIp, retryAfterMs }, advice)
    return new WecomError({ errcode, failure, advice, path, hint, fromIp, retryAfterMs })
  }

  const tried = async (sending: Sending): Promise<Received> => {
    const began = now()
    const tell = (result: string) => seen?.({ path: sending.endpoint.path, result, ms: now() - began })
    try {
      const received = await once(sending)
      tell('ok')
      return received
    } catch (error) {
      tell(error instanceof WecomError ? error.failure : 'network')
      throw error
    }
  }

  return async (sending) => {
    for (let retry = 0; ; retry++) {
      try {
        return await tried(sending)
      } catch (error) {
        if (retry === retries || !mayRepeat(sending.endpoint, error)) throw error
        // 100 ms, 200 ms, 400 ms, each between half and the whole; not at all once the caller's time is over.
        await pause(100 * 2 ** retry * (0.5 + random() / 2), sending.signal).catch(() => Promise.reject(error))
      }
    }
  }
}

const mayRepeat = ({ method, path }: Endpoint, error: unknown): boolean => {
  if (error instanceof WecomError) return error.errcode === -1 || error.errcode === 6000
  if (!(error instanceof NetworkError)) return false
  return error.outcome === 'not_sent' || method === 'GET' || repeatable.has(path)
}

/** Errors of media/get come as JSON without a file's name. */
const isFile = ({ contentType, disposition }: HttpReply): boolean =>
  disposition !== '' || !/json|text\/plain/i.test(contentType)
