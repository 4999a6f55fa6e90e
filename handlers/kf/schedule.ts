import { bring, on } from '#bot'

/** 客户发来日程：交给客户经理。 */
export default on('kf/schedule', bring)
