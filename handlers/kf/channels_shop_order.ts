import { bring, on } from '#bot'

/** 客户发来视频号订单：交给客户经理。 */
export default on('kf/channels_shop_order', bring)
