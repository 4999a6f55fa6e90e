import { on, refreshContact } from '#bot'

/** 客户经理改了备注或标签：半分钟内向企业微信读取一次，再多的修改也只读一次。 */
export default on('contact/edit_external_contact', () => [refreshContact()])
