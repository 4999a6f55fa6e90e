import { bring, on } from '#bot'

/** 客户发来视频号商品：交给客户经理。 */
export default on('kf/channels_shop_product', bring)
