import { on } from '#bot'

/** 客户群有变化；客户进群、退群由引擎逐人记入台账。 */
export default on('group/update', () => [])
