import { on } from '#bot'

/** 企业标签的顺序变了。 */
export default on('tag/shuffle', () => [])
