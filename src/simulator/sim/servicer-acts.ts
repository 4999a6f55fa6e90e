import { z } from 'zod'
import type { Act } from './act.ts'
import { act, id, payload } from './act.ts'

const who = { userid: id }
const chat = { ...who, openKfId: id, customer: id }
const accounts = z.strictObject({ ...who, openKfId: id.optional() })
const words = z.string().min(1).max(4000)

/** What an RM does in his WeCom client. */
export const servicerActs: Act[] = [
  act('servicer/takes', z.strictObject(chat), (control, ask) =>
    control.servicer(ask.userid).takes(ask.openKfId, ask.customer),
  ),
  act('servicer/transfers', z.strictObject({ ...chat, to: id }), (control, ask) =>
    control.servicer(ask.userid).transfers(ask.openKfId, ask.customer, ask.to),
  ),
  act('servicer/ends', z.strictObject(chat), (control, ask) =>
    control.servicer(ask.userid).ends(ask.openKfId, ask.customer),
  ),
  act('servicer/reopens', z.strictObject(chat), (control, ask) =>
    control.servicer(ask.userid).reopens(ask.openKfId, ask.customer),
  ),
  act('servicer/replies', z.strictObject({ ...chat, text: words }), (control, ask) =>
    control.servicer(ask.userid).replies(ask.openKfId, ask.customer, ask.text),
  ),
  act('servicer/sends', z.strictObject({ ...chat, type: id, payload }), (control, ask) =>
    control.servicer(ask.userid).sends(ask.openKfId, ask.customer, { type: ask.type, payload: ask.payload }),
  ),
  act('servicer/recalls', z.strictObject({ ...chat, msgid: id }), (control, ask) =>
    control.servicer(ask.userid).recalls(ask.openKfId, ask.customer, ask.msgid),
  ),
  act('servicer/rejects', z.strictObject({ ...chat, rejects: z.boolean().default(true) }), (control, ask) =>
    control.servicer(ask.userid).rejects(ask.openKfId, ask.customer, ask.rejects),
  ),
  act('servicer/stops', accounts, (control, ask) => control.servicer(ask.userid).stops(ask.openKfId)),
  act('servicer/suspends', accounts, (control, ask) => control.servicer(ask.userid).suspends(ask.openKfId)),
  act('servicer/resumes', accounts, (control, ask) => control.servicer(ask.userid).resumes(ask.openKfId)),
  act(
    'servicer/clicks',
    z.strictObject({
      ...who,
      key: z.string(),
      msgid: id.optional(),
      selected: z.record(z.string(), z.array(z.string())).optional(),
    }),
    (control, { userid, key, msgid, selected }) =>
      control.servicer(userid).clicks(key, { ...(msgid ? { msgid } : {}), ...(selected ? { selected } : {}) }),
  ),
  act('servicer/writes', z.strictObject({ ...who, text: words }), (control, ask) =>
    control.servicer(ask.userid).writes(ask.text),
  ),
  act('servicer/triggers', z.strictObject({ ...who, event: id, key: z.string().optional() }), (control, ask) =>
    control.servicer(ask.userid).triggers(ask.event, ask.key),
  ),
  act('servicer/login', z.strictObject(who), (control, ask) => ({ code: control.servicer(ask.userid).loginCode() })),
  act('servicer/inbox', z.strictObject(who), (control, ask) => control.servicer(ask.userid).inbox()),
]
