import { customerName, managerReplied, notify, on, record, relay } from '#bot'

/** 不是接待人员的客户经理通过机器人回复客户：还能发就发（算他的首次回复），发不出去的一定告诉他。 */
export default on('rm/reply', (turn) => {
  const { rm, text } = turn.event
  const customer = customerName(turn)
  const { status, rm: holder, relay: between } = turn.conversation
  const refuse = (why: 'over' | 'used_up' | 'too_long') => [
    notify(rm, turn.tell(`relay.not_sent_${why}`, { customer })),
    record('message.failed', { reason: `relay-${why}` }, rm),
  ]
  if (!turn.inConversation || status !== 'assigned' || holder !== rm || !between) return refuse('over')
  if (turn.repliesLeft < 1) return refuse('used_up')
  if (Buffer.byteLength(text) > 2048) return refuse('too_long')

  const left = turn.repliesLeft - 1
  const warning = [
    turn.tell('relay.used_up', { customer }),
    turn.tell('relay.last_one', { customer, until: turn.repliesUntil }),
  ][left]
  return [
    relay(rm, text, turn.tell('relay.not_delivered', { customer })),
    managerReplied(),
    ...(warning ? [notify(rm, warning)] : []),
  ]
})
