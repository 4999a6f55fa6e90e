import { on } from '#bot'

/** 读取客户群时发现的进群、退群（通知漏了、还没到，或没有带成员）：由引擎逐人补记台账，不打扰任何人。 */
export default on('group/found', () => [])
