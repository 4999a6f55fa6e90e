import { attention, greyCard, on } from '#bot'

/** 暂停分配的卡片 duty@…：他点了“我回来了”。 */
export default on('card/duty', ({ event: { FromUserName: rm, ResponseCode: code } }) => [
  attention(rm, 'forgiven'),
  greyCard(rm, code, '已恢复分配'),
])
