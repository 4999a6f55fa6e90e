import { on } from '#bot'

/** 改了企业标签或标签组的名称。 */
export default on('tag/update', () => [])
