import { greyCard, on } from '#bot'

/** 点了一张没有处理程序的卡片（handlers/card/ 里没有，比如旧版本发出的）：写明已失效，不让他白点。 */
export default on('app/template_card_event', ({ event: { FromUserName: rm, ResponseCode: code } }) => [
  greyCard(rm, code, '已失效'),
])
