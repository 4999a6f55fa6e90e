import { on, record } from '#bot'

/** 客户同意了会话存档：记入台账，备合规查验。 */
export default on('contact/msg_audit_approved', ({ event }) => [record('contact.archive_agreed', {}, event.UserID)])
