import { bring, on } from '#bot'

/** 客户发来视频号内容：交给客户经理。 */
export default on('kf/channels', bring)
