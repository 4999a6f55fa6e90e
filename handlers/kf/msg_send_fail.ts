import { messageStatus, on, record } from '#bot'

/** 发给客户的消息没有送达（例如客户拒收）：标记失败并记下原因。 */
export default on('kf/msg_send_fail', ({ event }) => [
  messageStatus(event.fail_msgid, 'failed'),
  record('message.failed', { msgid: event.fail_msgid, failType: event.fail_type }),
])
