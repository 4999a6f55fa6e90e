import { bring, on } from '#bot'

/** 客户发来视频：交给客户经理。 */
export default on('kf/video', bring)
