import { on, resync } from '#bot'

/** 新建了企业标签或标签组：重新读取整个标签库。 */
export default on('tag/create', () => [resync('tags')])
