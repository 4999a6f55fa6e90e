import { customerName, notify, on, record } from '#bot'

const reasons: Record<string, string> = {
  customer_refused: '客户不同意更换客户经理',
  customer_limit_exceed: '接替人的客户数已达上限',
}

/** 在职或离职继承没有成功：告知接替人和他的主管，并记入台账。 */
export default on('contact/transfer_fail', (turn) => {
  const { UserID: rm, FailReason: code } = turn.event
  const about = { customer: customerName(turn), reason: reasons[code] ?? '企业微信未说明原因' }
  const supervisor = turn.supervisorOf(rm)
  const words = turn.tell('supervisor.transfer_failed', { ...about, manager: turn.manager(rm).name })
  return [
    record('contact.transfer_failed', { reason: code }, rm),
    notify(rm, turn.tell('manager.transfer_failed', about)),
    ...(supervisor ? [notify(supervisor.userid, words)] : []),
  ]
})
