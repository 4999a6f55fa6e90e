import { bring, on } from '#bot'

/** 客户发来文件（如营业执照、流水）：交给客户经理。 */
export default on('kf/file', bring)
