import { assignmentWords, cannotTake, greyCard, invitationAtOnce, on, settle } from '#bot'

/** 有人排队的卡片 queue@客服账号@客户@…：他愿意就接过来（可以超出接待上限），别人先接了、企业微信不会转给他的，都告诉他。 */
export default on('card/queue', (turn) => {
  const { FromUserName: rm, EventKey: key, ResponseCode: code } = turn.event
  if (!turn.inConversation) return [greyCard(rm, code, '会话已结束')]
  if (turn.conversation.status !== 'queued') return [greyCard(rm, code, '已有人接待')]
  if (key !== 'take') return [greyCard(rm, code, '已知晓')]
  const refused = cannotTake(turn, { rm, code })
  if (refused) return refused
  const decision = turn.routeTo(rm, '主动接待')
  const change = { kind: 'route', taken: true } as const
  return [
    ...invitationAtOnce(turn, { ...decision, rule: turn.conversation.rule }),
    settle(decision, assignmentWords(turn, decision, change), change),
    greyCard(rm, code, '已接待'),
  ]
})
