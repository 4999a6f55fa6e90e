import { becomesOwner, on, refreshContact, welcomeContact } from '#bot'

/**
 * 客户与客户经理成为联系人。台账和来源归因由引擎记下；客户还没有归属时，由此归这位客户经理。添加方式随后向企业微信读取。
 * 有欢迎码就在 20 秒内送上 config/welcome.yaml 里的欢迎语；没有（商务伙伴、后台已设欢迎语）就请客户经理自己打招呼。
 */
export default on('contact/add_external_contact', (turn) => [
  ...becomesOwner(turn),
  ...welcomeContact(turn),
  refreshContact(),
])
