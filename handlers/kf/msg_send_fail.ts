import { customerName, messageStatus, notify, on, record } from '#bot'

/** 发给客户的消息没有送达（例如客户拒收）：标记失败并记下原因；是客户经理通过机器人说的话，告诉他。 */
export default on('kf/msg_send_fail', (turn) => {
  const { event, conversation } = turn
  return [
    messageStatus(event.fail_msgid, 'failed'),
    record('message.failed', { msgid: event.fail_msgid, failType: event.fail_type }),
    ...(conversation.relay && conversation.rm
      ? [notify(conversation.rm, turn.tell('relay.not_delivered', { customer: customerName(turn) }))]
      : []),
  ]
})
