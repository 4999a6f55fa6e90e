import { assignmentWords, invitationAtOnce, on, refuse, settle } from '#bot'

/**
 * 管理员把会话指派给某位客户经理。满员、不在岗、不在服务时间，以管理员的话为准；企业微信一定会拒绝的（不是接待人员、已停止接待），
 * 会话不动，如实答复下指令的人。
 */
export default on('admin/assign', (turn) => {
  const { rm, reason, by } = turn.event
  const { conversation } = turn
  if (conversation.rm === rm && conversation.status === 'assigned') return []
  const barrier = turn.barrierTo(rm)
  if (barrier) {
    const holder = conversation.rm ? turn.manager(conversation.rm).name : ''
    const words = { manager: turn.manager(rm).name, account: turn.account.name, holder }
    return [refuse(turn.tell(`admin.not_assigned_${barrier.why}`, words))]
  }
  const change = { kind: 'transfer' as const, reason: `admin:${reason}` }
  const decision = turn.routeTo(rm, `${reason}（${by}）`)
  return [
    ...invitationAtOnce(turn, { ...decision, rule: conversation.rule }),
    settle(decision, assignmentWords(turn, decision, change), change),
  ]
})
