import { adopt, close, on } from '#bot'

/** 客户经理在企业微信里接入、转接、结束或重新接起了会话：账本跟着走。 */
export default on('kf/session_status_change', ({ event, inConversation, say }) => {
  const taker = event.new_servicer_userid
  switch (event.change_type) {
    case 1:
      return taker ? [adopt(taker, 'took-from-pool')] : []
    case 2:
      return taker ? [adopt(taker, 'transferred-by-manager')] : []
    case 3:
      return !inConversation
        ? []
        : [close('ended-by-manager', event.msg_code ? { words: say('customer.closed'), code: event.msg_code } : {})]
    case 4:
      return taker ? [adopt(taker, 'taken-again')] : []
    default:
      return []
  }
})
