import { bring, on } from '#bot'

/** 客户转发聊天记录：交给客户经理。 */
export default on('kf/merged_msg', bring)
