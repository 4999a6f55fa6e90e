import { bringTo, bringWith, on, refuse } from '#bot'

/** 管理员让系统按规则重新安排这个会话，原来的客户经理不再考虑。会话已在人工手里、又没有别人可接时，不能退回机器人，如实答复。 */
export default on('admin/reroute', (turn) => {
  const { rm, status, relay } = turn.conversation
  const excluded: Record<string, string> = rm ? { [rm]: 'rerouted' } : {}
  const decision = turn.route({ excluded })
  const reason = `admin:${turn.event.reason}`
  const withPerson = rm !== null && status === 'assigned' && !relay
  if (!withPerson) return bringWith(turn, decision, { kind: 'transfer', reason })
  return (
    bringTo(turn, decision, reason) ?? [refuse(turn.tell('admin.not_rerouted', { manager: turn.manager(rm).name }))]
  )
})
