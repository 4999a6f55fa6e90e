import type { NewEvent } from '../inbox/events.ts'
import { readCallback } from '../wecom/events.ts'
import { ofContact } from './contact-event.ts'

type Came = { digest: string; now: Date }

/** What the inbox keeps of a callback; `digest` of its XML is its key, so that WeCom's repeats of it are one event. */
export const eventOfCallback = (xml: string, { digest, now }: Came): NewEvent => {
  const callback = readCallback(xml)
  const common = { key: `callback:${digest}`, lane: 1 as const, occurredAt: callback.at ?? now }
  switch (callback.kind) {
    // Only a doorbell: the messages themselves are pulled.
    case 'kf_msg_or_event':
      return {
        ...common,
        kind: 'callback/kf_msg_or_event',
        subject: `account:${callback.event.OpenKfId}`,
        payload: { openKfId: callback.event.OpenKfId, token: callback.event.Token },
        state: 'rung',
      }
    case 'kf_account_auth_change':
      return {
        ...common,
        kind: 'callback/kf_account_auth_change',
        subject: 'accounts',
        payload: callback.event,
        state: 'rung',
      }
    case 'unknown':
      return {
        ...common,
        kind: `callback/${callback.type}`,
        subject: 'unknown',
        payload: { raw: callback.raw },
        state: 'ignored',
      }
    default:
      if (!('FromUserName' in callback.event)) return { ...common, ...ofContact(callback) }
      return {
        ...common,
        kind: callback.kind,
        subject: `rm:${callback.event.FromUserName}`,
        payload: { callback: callback.event, rm: callback.event.FromUserName },
      }
  }
}
