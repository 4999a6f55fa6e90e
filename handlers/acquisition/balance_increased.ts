import { on, readQuota, record } from '#bot'

/** 获客助手充值了，链接恢复可用。 */
export default on('acquisition/balance_increased', () => [
  record('acquisition.trouble', { what: 'balance_increased' }),
  readQuota(),
])
