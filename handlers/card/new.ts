import { greyCard, handOn, holdsNoMore, on } from '#bot'

/** 新客户的卡片 new@客服账号@客户@…：知道了，或转给同事。 */
export default on('card/new', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  const moved = holdsNoMore(turn, rm)
  if (moved) return [greyCard(rm, code, moved)]
  return key === 'busy' ? handOn(turn, { rm, code }) : [greyCard(rm, code, '已知晓')]
})
