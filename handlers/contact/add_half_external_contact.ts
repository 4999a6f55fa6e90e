import { becomesOwner, on, refreshContact, welcomeContact } from '#bot'

/** 客户通过免验证的链接或二维码单方面添加，客户经理尚未确认。与随后的正式添加只计一次。 */
export default on('contact/add_half_external_contact', (turn) => [
  ...becomesOwner(turn),
  ...welcomeContact(turn),
  refreshContact(),
])
