import { z } from 'zod'
import type { Act } from './act.ts'
import { act, id, payload } from './act.ts'

const pair = { userid: id, customer: id }
const words = z.string().min(1).max(4000)
const code = z.strictObject({ customer: id, code: z.string().min(1) })
const link = z.strictObject({ customer: id, url: z.url() })

/** What customers do with 客户联系 on their phones. */
const ofCustomers: Act[] = [
  act('customer/scans', code, (control, ask) => control.customer(ask.customer).scans(ask.code)),
  act('customer/opens-acquisition', link, (control, ask) => control.customer(ask.customer).opensLink(ask.url)),
  act('customer/adds-by-link', link, (control, ask) => control.customer(ask.customer).addsByLink(ask.url)),
  act('customer/adds-from-card', z.strictObject({ customer: id, openKfId: id }), (control, ask) =>
    control.customer(ask.customer).addsFromCard(ask.openKfId),
  ),
  act('customer/tells', z.strictObject({ ...pair, text: words }), (control, ask) =>
    control.customer(ask.customer).tells(ask.userid, ask.text),
  ),
  act('customer/tells-with', z.strictObject({ ...pair, type: id, payload }), (control, ask) =>
    control.customer(ask.customer).tellsWith(ask.userid, ask.type, ask.payload),
  ),
]

const Edit = z.strictObject({
  ...pair,
  remark: z.string().max(20).optional(),
  description: z.string().max(150).optional(),
  remarkCompany: z.string().max(20).optional(),
  mobiles: z.array(z.string()).optional(),
  add: z.array(id).optional(),
  remove: z.array(id).optional(),
})

/** What members do with their contacts. */
const ofMembers: Act[] = [
  act('servicer/accepts', z.strictObject(pair), (control, ask) => control.servicer(ask.userid).accepts(ask.customer)),
  act('servicer/adds-contact', z.strictObject({ ...pair, addWay: z.int().optional() }), (control, ask) =>
    control.servicer(ask.userid).addsContact(ask.customer, ask.addWay),
  ),
  act('servicer/deletes-contact', z.strictObject(pair), (control, ask) =>
    control.servicer(ask.userid).deletesContact(ask.customer),
  ),
  act('servicer/edits', Edit, (control, { userid, customer, ...edit }) =>
    control.servicer(userid).edits(customer, edit),
  ),
  act('servicer/tells', z.strictObject({ ...pair, text: words }), (control, ask) =>
    control.servicer(ask.userid).tells(ask.customer, ask.text),
  ),
  act('servicer/tells-with', z.strictObject({ ...pair, type: id, payload }), (control, ask) =>
    control.servicer(ask.userid).tellsWith(ask.customer, ask.type, ask.payload),
  ),
  act('servicer/sends-card', z.strictObject({ ...pair, openKfId: id, card: id.optional() }), (control, ask) =>
    control.servicer(ask.userid).sendsCard(ask.openKfId, ask.customer, ask.card),
  ),
]

export const contactActs: Act[] = [...ofCustomers, ...ofMembers]
