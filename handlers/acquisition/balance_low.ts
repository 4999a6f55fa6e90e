import { alarm, on, readQuota, record } from '#bot'

/** 获客助手的可用量不足 20：告知分管全行的主管。 */
export default on('acquisition/balance_low', (turn) => [
  record('acquisition.trouble', { what: 'balance_low' }),
  readQuota(),
  ...alarm(turn, 'acquisition/balance_low', turn.tell('admin.acquisition_low')),
])
