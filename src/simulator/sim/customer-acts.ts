import { z } from 'zod'
import type { Act } from './act.ts'
import { act, id, payload } from './act.ts'

const customer = { customer: id }
const chat = { ...customer, openKfId: id }
const words = z.string().min(1).max(4000)

/** What a customer does on his phone. */
export const customerActs: Act[] = [
  act(
    'customer/opens',
    z.strictObject({
      ...chat,
      scene: z.string().optional(),
      sceneParam: z.string().optional(),
      wechatChannels: payload.optional(),
    }),
    (control, { customer: name, openKfId, scene, sceneParam, wechatChannels }) =>
      control.customer(name).opens({
        openKfId,
        ...(scene === undefined ? {} : { scene }),
        ...(sceneParam === undefined ? {} : { sceneParam }),
        ...(wechatChannels === undefined ? {} : { wechatChannels }),
      }),
  ),
  act('customer/opens-link', z.strictObject({ ...customer, url: z.url() }), (control, ask) =>
    control.customer(ask.customer).opens({ url: ask.url }),
  ),
  act('customer/writes', z.strictObject({ ...chat, text: words, msgid: id.optional() }), (control, ask) =>
    control.customer(ask.customer).writes(ask.openKfId, ask.text, ask.msgid),
  ),
  act('customer/sends', z.strictObject({ ...chat, type: id, payload }), (control, ask) =>
    control.customer(ask.customer).sends(ask.openKfId, ask.type, ask.payload),
  ),
  act('customer/clicks', z.strictObject({ ...chat, item: z.string(), msgid: id.optional() }), (control, ask) =>
    control.customer(ask.customer).clicksMenu(ask.openKfId, ask.item, ask.msgid),
  ),
  act('customer/recalls', z.strictObject({ ...customer, msgid: id }), (control, ask) =>
    control.customer(ask.customer).recalls(ask.msgid),
  ),
  act('customer/blocks', z.strictObject({ ...customer, blocks: z.boolean().default(true) }), (control, ask) =>
    control.customer(ask.customer).blocks(ask.blocks),
  ),
  act('customer/adds', z.strictObject({ ...customer, userid: id, state: z.string().optional() }), (control, ask) =>
    control.customer(ask.customer).adds(ask.userid, ask.state),
  ),
  act('customer/deletes', z.strictObject({ ...customer, userid: id }), (control, ask) =>
    control.customer(ask.customer).deletes(ask.userid),
  ),
]
