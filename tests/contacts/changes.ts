import { envelope, queryOf, seal, signature, type Keys } from '../intake/envelope.ts'
import { writeXml, type XmlTree } from '../../src/wecom/xml-write.ts'

type Corp = { corpId: string; token: string; aesKey: string }
export type Change = { Event: string; ChangeType: string; at: number } & XmlTree

/** WeCom's side of 客户联系 for tests that need every part of an event in their hands. */
export const createChanges = (app: { url: string }, corp: Corp) => {
  const keys: Keys = { token: corp.token, aesKey: corp.aesKey, receiveId: corp.corpId }
  let salt = 0

  /** Sends one event, as WeCom does; answers the status. Each sending has random bytes of its own, the same event the same XML. */
  const send = async ({ at, ...fields }: Change): Promise<number> => {
    const xml = writeXml({ ToUserName: corp.corpId, FromUserName: 'sys', CreateTime: at, MsgType: 'event', ...fields })
    const encrypted = seal(xml, keys, (salt += 1) % 10_000)
    const stamp = { timestamp: String(at), nonce: String(1_000_000 + salt) }
    const query = queryOf({ ...stamp, msg_signature: signature(keys.token, stamp, encrypted) })
    const response = await fetch(`${app.url}/wecom/callback?${query}`, { method: 'POST', body: envelope(encrypted) })
    await response.text()
    return response.status
  }

  const about = (Event: string) => (ChangeType: string, fields: XmlTree & { at: number }) =>
    send({ Event, ChangeType, ...fields })
  return {
    send,
    contact: about('change_external_contact'),
    group: about('change_external_chat'),
    tag: about('change_external_tag'),
    acquisition: about('customer_acquisition'),
  }
}
