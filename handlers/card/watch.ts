import { bringTo, greyCard, on } from '#bot'

/** 无人应答的卡片 watch@客服账号@客户@…（发给主管）：知道了，或让系统重新安排；没有人可接时如实写明。 */
export default on('card/watch', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  const { firstReplyAt, rm: holder } = turn.conversation
  if (!turn.inConversation) return [greyCard(rm, code, '会话已结束')]
  if (firstReplyAt) return [greyCard(rm, code, '已有人回复')]
  if (key !== 'reroute') return [greyCard(rm, code, '已知晓')]
  const moved = bringTo(turn, turn.route({ excluded: holder ? { [holder]: 'rerouted' } : {} }), '主管重新安排')
  return moved ? [...moved, greyCard(rm, code, '已重新安排')] : [greyCard(rm, code, '暂无同事可接')]
})
