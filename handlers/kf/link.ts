import { bring, on } from '#bot'

/** 客户发来链接：交给客户经理。链接本身不会被打开。 */
export default on('kf/link', bring)
