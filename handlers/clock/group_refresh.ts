import { on, readGroup } from '#bot'

/** 到点了：向企业微信读取这个客户群的群名、群主和成员；期间已解散的不再读取。 */
export default on('clock/group_refresh', ({ group }) => (group?.stale ? [readGroup()] : []))
