import { customerName, lastWords, notify, on, sayDate, task } from '#bot'
import type { Effect, Turn } from '#bot'

type Ended = Turn<'kf/invite_ended'>

/** 邀请添加客户经理有了结果。客户经理发起的，告诉他结果；客户自己要加而没发成的，记为待办并告诉客户。 */
export default on('kf/invite_ended', (turn) => {
  const { by, rm } = turn.event
  if (by === 'rm') return [notify(rm, toManager(turn))]
  return turn.event.trouble ? unmetWish(turn) : []
})

const toManager = (turn: Ended): string => {
  const { via, trouble, since } = turn.event
  const customer = customerName(turn)
  if (!trouble) return turn.tell(via === 'upgrade' ? 'rm.invited_by_card' : 'rm.invited', { customer })
  const day = since ? sayDate(new Date(since)) : '近期'
  return turn.tell(troubles[trouble], { customer, day, days: turn.invitation.againDays })
}

const troubles = {
  contact: 'rm.invite_contact',
  half: 'rm.invite_half',
  'was-contact': 'rm.invite_was_contact',
  declined: 'rm.invite_declined',
  avoid: 'rm.invite_avoid',
  lately: 'rm.invite_lately',
  'no-way': 'rm.invite_no_way',
  'by-hand': 'rm.invite_by_hand',
  'no-link': 'rm.invite_no_link',
  'no-quota': 'rm.invite_no_quota',
  refused: 'rm.invite_refused',
} as const

/** 已经是好友就直说；否则请客户经理去加他。会话已在客户经理手上时，机器人不能再说话。 */
const unmetWish = (turn: Ended): Effect[] => {
  const { rm, trouble } = turn.event
  const friends = trouble === 'contact' || trouble === 'half'
  const { status, relay } = turn.conversation
  const silent = !turn.inConversation || (status === 'assigned' && !relay)
  const words = friends
    ? turn.say('customer.already_contact', { manager: turn.manager(rm).name })
    : turn.say('customer.will_add_manager')
  return [
    ...(friends ? [] : [task({ kind: 'follow-up', title: '客户想加客户经理微信', dueAt: turn.now, rm })]),
    ...(silent ? [] : [lastWords(words)]),
  ]
}
