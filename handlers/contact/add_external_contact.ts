import { becomesOwner, on, refreshContact } from '#bot'

/** 客户与客户经理成为联系人。台账和来源归因由引擎记下；客户还没有归属时，由此归这位客户经理。添加方式随后向企业微信读取。 */
export default on('contact/add_external_contact', (turn) => [...becomesOwner(turn), refreshContact()])
