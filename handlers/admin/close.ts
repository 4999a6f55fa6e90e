import { close, invitationAfterService, on } from '#bot'

/** 管理员结束会话；客户再开口就是新的会话。 */
export default on('admin/close', (turn) => [
  close(`admin:${turn.event.reason}`, {
    tellWecom: true,
    words: turn.say('customer.closed'),
    invitation: invitationAfterService(turn),
  }),
])
