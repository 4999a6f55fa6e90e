import { on } from '#bot'

/** 客户经理改了备注或标签。 */
export default on('contact/edit_external_contact', () => [])
