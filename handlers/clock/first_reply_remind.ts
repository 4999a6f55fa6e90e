import { customerName, on, record, sendCard } from '#bot'

/** 客户经理接了客户却还没回复：提醒他一次。 */
export default on('clock/first_reply_remind', (turn) => {
  const { conversation, event, waited } = turn
  if (conversation.status !== 'assigned' || conversation.rm !== event.rm || conversation.firstReplyAt) return []
  return [
    sendCard(event.rm, 'remind', turn.tell('manager.reminder', { customer: customerName(turn), waited })),
    record('conversation.reminded', { waited }),
  ]
})
