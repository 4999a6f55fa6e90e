import { on, presence } from '#bot'

/** 客户经理开始接待、停止接待或暂时挂起：立即影响分配；恢复接待时，排队的客户会被重新安排。 */
export default on('kf/servicer_status_change', ({ event }) => [presence(event.servicer_userid, event.status)])
