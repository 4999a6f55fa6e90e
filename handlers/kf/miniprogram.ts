import { bring, on } from '#bot'

/** 客户发来小程序：交给客户经理。 */
export default on('kf/miniprogram', bring)
