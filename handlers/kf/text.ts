import { bring, on } from '#bot'

/** 客户发来文字，或点了菜单里的一项：按 config/routing.yaml 交给该接待的客户经理。 */
export default on('kf/text', bring)
