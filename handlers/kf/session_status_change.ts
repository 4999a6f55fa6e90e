import { adopt, close, invitationAfterService, on } from '#bot'
import type { Effect, Turn } from '#bot'

/** 客户经理在企业微信里接入、转接、结束或重新接起了会话：账本跟着走。服务过的客户，结束语里邀请他添加这位客户经理。 */
export default on('kf/session_status_change', (turn) => {
  const { event, inConversation } = turn
  const taker = event.new_servicer_userid
  switch (event.change_type) {
    case 1:
      return taker ? [adopt(taker, 'took-from-pool')] : []
    case 2:
      return taker ? [adopt(taker, 'transferred-by-manager')] : []
    case 3:
      return inConversation ? [ended(turn, event.msg_code)] : []
    case 4:
      return taker ? [adopt(taker, 'taken-again')] : []
    default:
      return []
  }
})

/** 没有结束码就一句话也不能再说。 */
const ended = (turn: Turn<'kf/session_status_change'>, code: string | undefined): Effect =>
  close(
    'ended-by-manager',
    code ? { words: turn.say('customer.closed'), code, invitation: invitationAfterService(turn) } : {},
  )
