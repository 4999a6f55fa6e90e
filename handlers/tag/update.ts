import { on, resync } from '#bot'

/** 改了企业标签或标签组的名称：重新读取整个标签库。 */
export default on('tag/update', () => [resync('tags')])
