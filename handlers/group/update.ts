import { on, refreshGroup } from '#bot'

/** 客户群有变化；进群、退群由引擎逐人记入台账，其余半分钟内向企业微信读取一次，再多的变化也只读一次。群公告不留存，不必读取。 */
export default on('group/update', ({ event, group }) =>
  group?.stale && event.UpdateDetail !== 'change_notice' ? [refreshGroup()] : [],
)
