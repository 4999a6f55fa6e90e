import { bring, on } from '#bot'

/** 客户发来语音：交给客户经理。 */
export default on('kf/voice', bring)
