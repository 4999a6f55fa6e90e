import { on } from '#bot'

/** 新建了客户群。 */
export default on('group/create', () => [])
