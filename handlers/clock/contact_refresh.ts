import { on, readContact } from '#bot'

/** 到点了：向企业微信读取这位客户的联系人资料。 */
export default on('clock/contact_refresh', () => [readContact()])
