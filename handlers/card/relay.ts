import { customerName, focusOn, greyCard, handOn, holdsNoMore, notify, on } from '#bot'

/** 由机器人中转的客户的卡片 relay@客服账号@客户@…：切换为正在回复的客户，或转给同事。 */
export default on('card/relay', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  const moved = holdsNoMore(turn, rm)
  if (moved) return [greyCard(rm, code, moved)]
  if (key === 'busy') return handOn(turn, { rm, code })
  // 卡片留着还能再点：他可能在几位客户之间来回切换。
  return [focusOn(rm), notify(rm, turn.tell('relay.switched', { customer: customerName(turn) }))]
})
