import { bring, on } from '#bot'

/** 客户发来图片：交给客户经理。 */
export default on('kf/image', bring)
