import { assignmentWords, invitationAtOnce, on, settle } from '#bot'

/** 管理员把会话指派给某位客户经理。 */
export default on('admin/assign', (turn) => {
  const { rm, reason, by } = turn.event
  if (turn.conversation.rm === rm && turn.conversation.status === 'assigned') return []
  const change = { kind: 'transfer' as const, reason: `admin:${reason}` }
  const decision = turn.routeTo(rm, `${reason}（${by}）`)
  return [
    ...invitationAtOnce(turn, { ...decision, rule: turn.conversation.rule }),
    settle(decision, assignmentWords(turn, decision, change), change),
  ]
})
