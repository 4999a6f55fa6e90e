import { bring, on } from '#bot'

/** 客户发来位置：交给客户经理。 */
export default on('kf/location', bring)
