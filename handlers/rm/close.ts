import { close, customerName, invitationAfterService, notify, on } from '#bot'

/** 客户经理结束会话（由机器人中转的会话在企业微信里没有“结束”可点）。 */
export default on('rm/close', (turn) => {
  const { rm } = turn.event
  const words = { customer: customerName(turn), manager: '' }
  const his = turn.inConversation && turn.conversation.status === 'assigned' && turn.conversation.rm === rm
  if (!his) return [notify(rm, turn.tell('rm.not_yours', words))]
  return [
    close('ended-by-manager', {
      tellWecom: true,
      words: turn.say('customer.closed'),
      invitation: invitationAfterService(turn),
    }),
    notify(rm, turn.tell('rm.closed', words)),
  ]
})
