import { assignmentWords, customerName, exclude, notify, on, settle } from '#bot'

/** 客户经理把自己的客户转给指定的同事。同事现在接不了，或客户已不在他手上，都告诉他。 */
export default on('rm/transfer', (turn) => {
  const { rm, to = '', text } = turn.event
  const words = { customer: customerName(turn), manager: turn.manager(to).name }
  const { status, rm: holder } = turn.conversation
  if (!turn.inConversation || status !== 'assigned' || holder !== rm)
    return [notify(rm, turn.tell('rm.not_yours', words))]
  const obstacle = turn.obstacleOf(to)
  if (obstacle) return [notify(rm, turn.tell('rm.colleague_cannot', { ...words, reason: obstacle }))]

  const reason = text || '同事转接'
  const decision = turn.routeTo(to, reason)
  const change = { kind: 'transfer' as const, reason }
  return [exclude(rm, 'handed-on'), settle(decision, assignmentWords(turn, decision, change), change)]
})
