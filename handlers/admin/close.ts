import { close, on } from '#bot'

/** 管理员结束会话；客户再开口就是新的会话。 */
export default on('admin/close', ({ event, say }) => [
  close(`admin:${event.reason}`, { tellWecom: true, words: say('customer.closed') }),
])
