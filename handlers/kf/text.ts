import { bring, lastWords, leaveMessage, on, task } from '#bot'

/** 客户发来文字，或点了菜单里的一项：按 config/routing.yaml 交给该接待的客户经理。排队时可以改为留言或请回电。 */
export default on('kf/text', (turn) => {
  const wish = turn.conversation.status === 'queued' ? wishes[turn.event.text.menu_id ?? ''] : undefined
  if (!wish) return bring(turn)
  return [leaveMessage(), task({ ...wish, dueAt: turn.now }), lastWords(turn.say('customer.will_contact'))]
})

const wishes: Record<string, { kind: 'left-message' | 'call-back'; title: string }> = {
  queue_leave_message: { kind: 'left-message', title: '客户留言待回复' },
  queue_call_back: { kind: 'call-back', title: '客户请稍后联系' },
}
