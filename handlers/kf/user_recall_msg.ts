import { customerName, messageStatus, notify, on, record } from '#bot'

/** 客户撤回了一条消息。客户经理通过机器人看到过这条的，告诉他。 */
export default on('kf/user_recall_msg', (turn) => {
  const { event, conversation } = turn
  return [
    messageStatus(event.recall_msgid, 'recalled'),
    record('message.recalled', { msgid: event.recall_msgid, by: 'customer' }),
    ...(conversation.relay && conversation.rm
      ? [notify(conversation.rm, turn.tell('relay.recalled', { customer: customerName(turn) }))]
      : []),
  ]
})
