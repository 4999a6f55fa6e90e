import { bringWith, on } from '#bot'

/** 管理员让系统按规则重新安排这个会话，原来的客户经理不再考虑。 */
export default on('admin/reroute', (turn) => {
  const { rm } = turn.conversation
  const excluded: Record<string, string> = rm ? { [rm]: 'rerouted' } : {}
  return bringWith(turn, turn.route({ excluded }), { kind: 'transfer', reason: `admin:${turn.event.reason}` })
})
