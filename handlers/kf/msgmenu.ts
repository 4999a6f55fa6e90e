import { bring, on } from '#bot'

/** 客户转来菜单消息：交给客户经理。 */
export default on('kf/msgmenu', bring)
