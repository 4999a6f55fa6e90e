import { on } from '#bot'

/** 经获客链接来的客户删除了客户经理。contact/del_follow_user 已经记过，这里不重复。 */
export default on('acquisition/del_follow_user', () => [])
