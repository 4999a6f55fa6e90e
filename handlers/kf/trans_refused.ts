import { adopt, bringAfterRefusal, close, exclude, on, presence, record } from '#bot'

/** 95014：不是接待人员或未激活；95019：已停止接待或暂时挂起。 */
const notHim = [95014, 95019]

/**
 * 企业微信没有同意转接（或会话状态与账本不一致）。`state` 是随后读到的真实状态，以它为准：
 * 已在人工手里就认他；已结束就等客户再开口；其余情况重新安排：停止接待的，恢复接待后仍可接这位客户；别的原因，不再考虑他。
 */
export default on('kf/trans_refused', (turn) => {
  const { event } = turn
  if (event.state === 3 && event.servicer) return [adopt(event.servicer, 'wecom-says-so')]
  if (event.state === 4 || event.errcode === 95013) return [close('ended-in-wecom')]
  if (!event.rm) return []
  const out = notHim.includes(event.errcode) ? presence(event.rm, 'stopped') : exclude(event.rm, 'refused')
  return [
    out,
    record('conversation.refused', { rm: event.rm, errcode: event.errcode, state: event.state }),
    ...bringAfterRefusal(turn, event.rm),
  ]
})
