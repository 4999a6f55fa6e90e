import { alarm, on, record } from '#bot'

/** 获客助手的可用量用完了：链接此刻起加不上新客户。 */
export default on('acquisition/balance_exhausted', (turn) => [
  record('acquisition.trouble', { what: 'balance_exhausted' }),
  ...alarm(turn, 'acquisition/balance_exhausted', turn.tell('admin.acquisition_exhausted')),
])
