import { attention, bringWith, exclude, on } from '#bot'

/** 邀请他接待的卡片没人点：记一次，换下一位。 */
export default on('clock/offer_over', (turn) => {
  const { conversation, event } = turn
  if (conversation.status !== 'offered' || conversation.rm !== event.rm) return []
  const decision = turn.route({ excluded: { [event.rm]: 'missed' } })
  return [exclude(event.rm, 'missed'), attention(event.rm, 'missed'), ...bringWith(turn, decision)]
})
