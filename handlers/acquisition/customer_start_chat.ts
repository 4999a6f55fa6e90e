import { on, record } from '#bot'

/** 经获客链接来的客户给客户经理发了第一条消息。 */
export default on('acquisition/customer_start_chat', ({ event }) => [
  record('contact.chatted', { linkId: event.LinkId, ...(event.State && { state: event.State }) }, event.UserID),
])
