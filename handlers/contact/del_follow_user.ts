import { customerName, notify, on } from '#bot'

/** 客户删除或拉黑了客户经理：告知他本人，只说一次。 */
export default on('contact/del_follow_user', (turn) =>
  turn.change === 'lost'
    ? [notify(turn.event.UserID, turn.tell('manager.contact_lost', { customer: customerName(turn) }))]
    : [],
)
