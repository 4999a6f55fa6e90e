import { customerName, notify, on, ownerFollows } from '#bot'

/** 客户经理删除了客户：告知其主管。因在职继承而自动删除的不打扰，客户的归属随之转给接替的同事。 */
export default on('contact/del_external_contact', (turn) => {
  const { event, change } = turn
  if (change !== 'lost' || event.Source === 'DELETE_BY_TRANSFER') return ownerFollows(turn)
  const supervisor = turn.supervisorOf(event.UserID)
  const about = { customer: customerName(turn), manager: turn.manager(event.UserID).name }
  return supervisor ? [notify(supervisor.userid, turn.tell('supervisor.contact_deleted', about))] : []
})
