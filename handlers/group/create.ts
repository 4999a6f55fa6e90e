import { on, refreshGroup } from '#bot'

/** 新建了客户群。通知里没有群成员，半分钟内向企业微信读取。 */
export default on('group/create', ({ group }) => (group?.stale ? [refreshGroup()] : []))
