import { isDeepStrictEqual } from 'node:util'
import { cutToBytes } from './bytes.ts'
import { hour, minute } from './clock.ts'
import { findMember } from './find.ts'
import { Refused, refuseIf } from './refused.ts'
import { issueResponseCode } from './cards.ts'
import type { Member, Payload, StaffMessage, World } from './world.ts'

const perHour = 1000
const recallable = 24 * hour

export type AppMessage = {
  touser?: string | undefined
  toparty?: string | undefined
  agentid: number
  msgtype: string
  body: Payload
  /** enable_duplicate_check: the same content within this time is not shown again. */
  duplicateMs?: number | undefined
}
export type Sent = { msgid: string; invaliduser: string; invalidparty: string; response_code?: string }

/** message/send: accepted when anybody is left; what passes the limit per member vanishes without a word. */
export const sendToStaff = (world: World, ask: AppMessage): Sent => {
  refuseIf(ask.agentid !== world.corp.agentId, 40056, 'invalid agentid')
  const { members, invaliduser, invalidparty } = receivers(world, ask)
  refuseIf(members.length === 0, 81013, 'user & party & tag all invalid')
  const message = newMessage(world, ask)
  for (const member of members) arrive(world, member, { message: { ...message }, duplicateMs: ask.duplicateMs ?? 0 })
  const userids = members.map((member) => member.userid)
  const code = givesResponseCode(ask) ? issueResponseCode(world, message.msgid, userids) : undefined
  return {
    msgid: message.msgid,
    invaliduser,
    invalidparty,
    ...(code === undefined ? {} : { response_code: code }),
  }
}

const interactive = ['button_interaction', 'vote_interaction', 'multiple_interaction']
const givesResponseCode = ({ msgtype, body }: AppMessage): boolean =>
  msgtype === 'template_card' && (interactive.includes(String(body['card_type'])) || body['action_menu'] !== undefined)

const split = (joined: string | undefined): string[] => (joined ?? '').split('|').filter((part) => part !== '')

const receivers = (world: World, ask: AppMessage): { members: Member[]; invaliduser: string; invalidparty: string } => {
  const visible = [...world.members.values()].filter((member) => member.visible)
  if (ask.touser === '@all') return { members: visible, invaliduser: '', invalidparty: '' }
  const found = new Set<Member>()
  const reach = (member: Member | undefined): boolean => Boolean(member?.visible && found.add(member))
  const badUsers = split(ask.touser).filter((userid) => !reach(findMember(world, userid)))
  const badParties = split(ask.toparty).filter((id) => !world.departments.has(Number(id)))
  const parties = split(ask.toparty).map(Number)
  visible.filter((member) => member.departments.some((id) => parties.includes(id))).forEach(reach)
  return { members: [...found], invaliduser: badUsers.join('|').toLowerCase(), invalidparty: badParties.join('|') }
}

const newMessage = (world: World, { msgtype, body }: AppMessage): StaffMessage => {
  const message: StaffMessage = {
    msgid: world.chance.text(40),
    at: world.now(),
    msgtype,
    body: cut(body),
    status: 'shown',
  }
  if (msgtype !== 'template_card') return message
  const taskId = String(body['task_id'] ?? '')
  refuseIf(taskId !== '' && world.taskIds.has(taskId), 42014, 'task_id is used already')
  refuseIf(!world.corp.kfCallbacks && interactive.includes(String(body['card_type'])), 43012, 'app has no callback url')
  if (taskId !== '') world.taskIds.add(taskId)
  return { ...message, card: { taskId, replaced: null } }
}

const cut = (body: Payload): Payload =>
  typeof body['content'] === 'string' ? { ...body, content: cutToBytes(body['content'], 2048) } : body

type Arrival = { message: StaffMessage; duplicateMs: number }
/** Into his inbox, unless he had his 30 of the minute or 1,000 of the hour, or the same words just now. */
const arrive = (world: World, member: Member, { message, duplicateMs }: Arrival): void => {
  const now = world.now()
  const same = ({ at, msgtype, body }: StaffMessage): boolean =>
    at > now - duplicateMs && msgtype === message.msgtype && isDeepStrictEqual(body, message.body)
  if (duplicateMs > 0 && member.inbox.some(same)) return
  member.arrivals = member.arrivals.filter((at) => at > now - hour)
  const lastMinute = member.arrivals.filter((at) => at > now - minute).length
  if (lastMinute >= world.settings.staffPerMinute || member.arrivals.length >= perHour) return
  member.arrivals.push(now)
  member.inbox.push(message)
  world.changed({ kind: 'staff', userid: member.userid })
}

/** message/recall: within 24 h. */
export const recallFromStaff = (world: World, msgid: string): void => {
  const copies = [...world.members.values()].flatMap((member) =>
    member.inbox.filter((message) => message.msgid === msgid).map((message) => ({ member, message })),
  )
  const first = copies[0]
  if (!first) throw new Refused(40058, 'invalid msgid')
  refuseIf(first.message.at < world.now() - recallable, 42052, 'recall time out of limit')
  for (const { member, message } of copies) {
    message.status = 'recalled'
    world.changed({ kind: 'redrawn', userid: member.userid })
  }
}
