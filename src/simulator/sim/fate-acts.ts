import { z } from 'zod'
import { setKnobs } from './set-knobs.ts'
import type { Act } from './act.ts'
import { act, id } from './act.ts'

const nothing = z.strictObject({})
const chat = z.strictObject({ openKfId: id, customer: id })
const list = z.strictObject({ openKfIds: z.array(id).min(1) })
const count = z.number().min(0)
const percent = z.number().min(0).max(100)

const Fault = z.strictObject({
  path: z.string().min(1),
  does: z.literal(['errcode', 'slow', 'hang', 'drop', 'html', 'reset']),
  errcode: z.int().optional(),
  ms: count.optional(),
  status: z.int().min(400).max(599).optional(),
  nth: z.int().min(1).optional(),
  times: z.int().min(1).optional(),
  percent: percent.optional(),
})

const Knobs = z
  .strictObject({
    stopped: z.boolean(),
    dropPercent: percent,
    duplicatePercent: percent,
    delayMs: z.tuple([count, count]),
    reorderPercent: percent,
    reorderMs: count,
    mergeMs: count,
    timeoutMs: count,
    tries: z.int().min(1).max(10),
    retryAfterMs: count,
    parallel: z.int().min(1),
  })
  .partial()

const Settings = z
  .strictObject({
    mode: z.literal(['documented', 'lenient']),
    firstState: z.literal([0, 2, 3]),
    autoAssistantOnSend: z.boolean(),
    endAfter48h: z.boolean(),
    eventMessagesCount: z.boolean(),
    shortPage: z.int().min(1).nullable(),
    emptyPages: z.int().min(0),
    tokenlessPerMinute: z.int().min(0),
    unionidBound: z.boolean(),
    addNeedsAccount: z.boolean(),
    wrongSecretsAllowed: z.int().min(0),
    staffPerMinute: z.int().min(0),
    autoAccept: z.boolean(),
    halfListed: z.boolean(),
    lostStillListed: z.boolean(),
    staleStateBug: z.boolean(),
    emptyNodes: z.boolean(),
    apiEditsEmitEvents: z.boolean(),
    linkTellsDeletes: z.boolean(),
    groupLagMs: count,
    bareGroupEvents: z.boolean(),
    contactsPerMinute: z.int().min(0),
    contactWayCap: z.int().min(0),
    tagCap: z.int().min(0),
  })
  .partial()

/** What the admin, the clock and bad luck do; and what a test may look at. */
export const fateActs: Act[] = [
  act(
    'accounts/add',
    z.strictObject({ openKfId: id.optional(), name: z.string().min(1), servicers: z.array(id).default([]) }),
    (control, { openKfId, ...rest }) => ({
      openKfId: control.accounts.add({ ...rest, ...(openKfId === undefined ? {} : { openKfId }) }),
    }),
  ),
  act('accounts/servicers', z.strictObject({ openKfId: id, userids: z.array(id) }), (control, ask) =>
    control.accounts.addServicers(ask.openKfId, ask.userids),
  ),
  act('accounts/authorise', list, (control, ask) => control.accounts.authorise(...ask.openKfIds)),
  act('accounts/deauthorise', list, (control, ask) => control.accounts.deauthorise(...ask.openKfIds)),
  act('accounts/delete', z.strictObject({ openKfId: id }), (control, ask) => control.accounts.delete(ask.openKfId)),
  act('accounts/link', z.strictObject({ openKfId: id, scene: z.string().default('') }), (control, ask) => ({
    url: control.accounts.link(ask.openKfId, ask.scene),
  })),
  act('clock/advance', z.strictObject({ ms: count }), (control, ask) => control.clock.advance(ask.ms)),
  act('clock/set', z.strictObject({ at: count }), (control, ask) => control.clock.set(ask.at)),
  act('clock/freeze', z.strictObject({ frozen: z.boolean().default(true) }), (control, ask) =>
    control.clock.freeze(ask.frozen),
  ),
  act('faults/add', Fault, (control, ask) => ({ id: control.faults.add(ask) })),
  act('faults/remove', z.strictObject({ id: z.int() }), (control, ask) => control.faults.remove(ask.id)),
  act('faults/clear', nothing, (control) => control.faults.clear()),
  act('faults/list', nothing, (control) => control.faults.list()),
  act('callbacks/knobs', Knobs, (control, ask) => setKnobs(control.callbacks.knobs, ask)),
  act('callbacks/url', z.strictObject({ url: z.url().nullable() }), (control, ask) =>
    control.callbacks.setUrl(ask.url),
  ),
  act('callbacks/verify', nothing, (control) => control.callbacks.verify()),
  act('callbacks/list', nothing, (control) => control.callbacks.deliveries),
  act('settings', Settings, (control, ask) => setKnobs(control.settings, ask)),
  act('token/revoke', nothing, (control) => control.revokeToken()),
  act('calls', z.strictObject({ path: z.string().optional() }), (control, ask) => control.calls(ask.path)),
  act('sent', z.strictObject({ path: z.string() }), (control, ask) => control.sent(ask.path)),
  act('state', chat, (control, ask) => control.state(ask.openKfId, ask.customer)),
  act('view', chat, (control, ask) => control.conversationView(ask.openKfId, ask.customer)),
  act('log', z.strictObject({ openKfId: id }), (control, ask) => control.log(ask.openKfId)),
  act('repeats', z.strictObject({ openKfId: id, msgid: id }), (control, ask) =>
    control.repeats(ask.openKfId, ask.msgid),
  ),
  act(
    'fails',
    z.strictObject({ openKfId: id, customer: id, msgid: id, failType: z.int().min(0) }),
    (control, { openKfId, customer, ...failed }) => control.fails(openKfId, customer, failed),
  ),
  act('network/refuse', z.strictObject({ ms: count }), (control, ask) => {
    setTimeout(() => void control.network.again(), ask.ms)
    setImmediate(() => void control.network.refuse())
  }),
  act('idle', nothing, (control) => control.idle()),
]
