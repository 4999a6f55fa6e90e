import { on, record } from '#bot'

/** 客户经理开启或解除了“拒收该客户消息”：记入台账，便于主管复核。 */
export default on('kf/reject_customer_msg_switch_change', ({ event }) => [
  record(
    'conversation.escalated',
    { what: event.reject_switch === 1 ? 'rejects-customer' : 'accepts-customer' },
    event.servicer_userid,
  ),
])
