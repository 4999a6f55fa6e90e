import { bring, on } from '#bot'

/** 客户发来名片：交给客户经理。 */
export default on('kf/business_card', bring)
