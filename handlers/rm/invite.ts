import { customerName, invitationTo, invite, notify, on } from '#bot'

/** 客户经理请客户添加自己为好友。是否已是好友、近期邀请过、客户不愿意，存入时由引擎判断，结果另行告诉他（kf/invite_ended）。 */
export default on('rm/invite', (turn) => {
  const { rm } = turn.event
  const { status, rm: holder, rule } = turn.conversation
  const customer = customerName(turn)
  const refuse = (why: 'other' | 'off' | 'no_way', manager = '') => [
    notify(rm, turn.tell(`rm.invite_${why}`, { customer, manager })),
  ]
  if (!turn.invitation.inUse || turn.invitation.forbidden(rule)) return refuse('off')
  // 会话已结束就什么也不能再发，企业微信不允许。
  if (!turn.inConversation) return refuse('no_way')
  if (status === 'assigned' && holder && holder !== rm) return refuse('other', turn.manager(holder).name)
  return [invite(invitationTo(turn, rm, 'rm'))]
})
