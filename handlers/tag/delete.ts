import { dropTags, on } from '#bot'

/** 删除了企业标签。删除标签组时企业微信只通知一次，组内标签在本地一并删除。 */
export default on('tag/delete', ({ event }) => [dropTags(event.Id, event.TagType === 'tag_group')])
