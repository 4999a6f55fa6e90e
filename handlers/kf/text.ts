import { bring, declineInvitations, invitationByWish, lastWords, leaveMessage, on, task } from '#bot'
import type { Effect, Turn } from '#bot'

/** 客户发来文字，或点了菜单里的一项：按 config/routing.yaml 交给该接待的客户经理。排队时可以改为留言、请回电，或加客户经理微信。 */
export default on('kf/text', (turn) => {
  if (turn.event.text.menu_id === 'invite_decline') return declined(turn)
  const wish = turn.conversation.status === 'queued' ? wishes[turn.event.text.menu_id ?? ''] : undefined
  if (!wish) return bring(turn)
  // 想加微信的，有人可加就当场邀请；发不成时由 kf/invite_ended 记为待办。
  const invited = wish.adds ? invitationByWish(turn) : []
  if (invited.length > 0) return [leaveMessage(), ...invited]
  const { kind, title, words = 'customer.will_contact' } = wish
  return [leaveMessage(), task({ kind, title, dueAt: turn.now }), lastWords(turn.say(words))]
})

/** 邀请里的“暂时不用”：以后不再邀请，也不必惊动客户经理。会话已在客户经理手上时，机器人不能再说话。 */
const declined = (turn: Turn<'kf/text'>): Effect[] => {
  const { status, relay } = turn.conversation
  const silent = status === 'assigned' && !relay
  return [declineInvitations(), ...(silent ? [] : [lastWords(turn.say('customer.invitation_declined'))])]
}

type Wish = {
  kind: 'left-message' | 'call-back' | 'follow-up'
  title: string
  words?: 'customer.will_add_manager'
  adds?: true
}

const wishes: Record<string, Wish> = {
  queue_leave_message: { kind: 'left-message', title: '客户留言待回复' },
  queue_call_back: { kind: 'call-back', title: '客户请稍后联系' },
  queue_add_manager: {
    kind: 'follow-up',
    title: '客户想加客户经理微信',
    words: 'customer.will_add_manager',
    adds: true,
  },
}
