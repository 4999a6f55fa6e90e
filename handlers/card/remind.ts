import { greyCard, handOn, holdsNoMore, on } from '#bot'

/** 提醒回复的卡片 remind@客服账号@客户@…：马上回复，或转给同事。 */
export default on('card/remind', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  const moved = holdsNoMore(turn, rm)
  if (moved) return [greyCard(rm, code, moved)]
  return key === 'busy' ? handOn(turn, { rm, code }) : [greyCard(rm, code, '马上回复')]
})
