import { on } from '#bot'

/** 新建了企业标签或标签组。 */
export default on('tag/create', () => [])
