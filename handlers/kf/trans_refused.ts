import { adopt, bringAfterRefusal, close, customerName, exclude, notify, on, presence, record } from '#bot'
import type { Effect, Turn } from '#bot'

/** 95014：不是接待人员或未激活；95019：已停止接待或暂时挂起。 */
const notHim: Record<number, string> = { 95014: '不是该客服账号的接待人员，或尚未激活企业微信', 95019: '已停止接待' }

/**
 * 企业微信没有同意转接（或会话状态与账本不一致）。`state` 是随后读到的真实状态，以它为准：
 * 已在人工手里就认他；已结束就等客户再开口；其余情况重新安排：停止接待的，恢复接待后仍可接这位客户；别的原因，不再考虑他。
 */
export default on('kf/trans_refused', (turn) => {
  const { event } = turn
  if (event.state === 3 && event.servicer) return [adopt(event.servicer, 'wecom-says-so'), ...correction(turn)]
  if (event.state === 4 || event.errcode === 95013) return [close('ended-in-wecom')]
  if (!event.rm) return []
  const out = event.errcode in notHim ? presence(event.rm, 'stopped') : exclude(event.rm, 'refused')
  return [
    out,
    record('conversation.refused', { rm: event.rm, errcode: event.errcode, state: event.state }),
    ...bringAfterRefusal(turn, event.rm),
    ...correction(turn),
  ]
})

/** 已经被告知“转给了他”的人（原来的客户经理，或点了接待的本人）：告诉他没有转成，会话现在在谁手上。 */
const correction = (turn: Turn<'kf/trans_refused'>): Effect[] => {
  const { told, rm, state, servicer, errcode } = turn.event
  const holder = state === 3 ? servicer : null
  if (!told || !rm || holder === rm || turn.conversation.rm !== rm) return []
  const reason = notHim[errcode] ?? '暂时接不了'
  const words = { customer: customerName(turn), manager: turn.manager(rm).name, reason }
  if (told === rm) return [notify(told, turn.tell('rm.cannot_take', words))]
  return [notify(told, turn.tell(told === holder ? 'manager.still_yours' : 'manager.given_elsewhere', words))]
}
