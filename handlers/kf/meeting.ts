import { bring, on } from '#bot'

/** 客户发来会议：交给客户经理。 */
export default on('kf/meeting', bring)
