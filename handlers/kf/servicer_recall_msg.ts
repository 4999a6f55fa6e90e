import { messageStatus, on, record } from '#bot'

/** 客户经理撤回了一条消息。 */
export default on('kf/servicer_recall_msg', ({ event }) => [
  messageStatus(event.recall_msgid, 'recalled'),
  record('message.recalled', { msgid: event.recall_msgid, by: 'manager' }, event.servicer_userid ?? null),
])
