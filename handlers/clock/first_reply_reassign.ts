import { attention, bringTo, customerName, exclude, later, listGaps, on, record, sendCard } from '#bot'

/**
 * 提醒后仍未回复：换下一位（范围逐轮放大），这位记一次“未及时应答”。
 * 没有别人可换时，会话留在原处，请分行主管关注，稍后再试，直到有人回复为止。
 */
export default on('clock/first_reply_reassign', (turn) => {
  const { conversation, event, waited } = turn
  if (conversation.status !== 'assigned' || conversation.rm !== event.rm || conversation.firstReplyAt) return []
  const missed = [exclude(event.rm, 'missed'), ...(event.again ? [] : [attention(event.rm, 'missed')])]
  const moved = bringTo(turn, turn.route({ excluded: { [event.rm]: 'missed' } }), 'no-first-reply')
  if (moved) return [...missed, ...moved]

  const supervisor = turn.supervisorOf(event.rm)
  const again = turn.firstReply(conversation.rule)
  const words = { customer: customerName(turn), waited, manager: turn.manager(event.rm).name }
  const watchWords = {
    text: turn.tell('supervisor.no_reply', words),
    digest: {
      line: `${words.customer}（${words.manager}，已等待${waited}）`,
      words: turn.tell('supervisor.no_reply_digest', listGaps),
    },
  }
  return [
    ...missed,
    ...(again ? [later('clock/first_reply_reassign', again.reassignAt, { rm: event.rm, again: true })] : []),
    ...(event.again ? [] : [record('conversation.escalated', { to: supervisor?.userid ?? null, waited })]),
    ...(supervisor && !event.again ? [sendCard(supervisor.userid, 'watch', watchWords)] : []),
  ]
})
