import { on, resync } from '#bot'

/** 企业标签的顺序变了：重新读取整个标签库。 */
export default on('tag/shuffle', () => [resync('tags')])
