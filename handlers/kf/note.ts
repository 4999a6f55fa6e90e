import { bring, on } from '#bot'

/** 客户发来笔记：交给客户经理。 */
export default on('kf/note', bring)
