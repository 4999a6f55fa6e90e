import { alarm, on, readQuota, record } from '#bot'

/** 获客助手的可用量用完了：链接此刻起加不上新客户，邀请改用 invitation.ways 里的下一种。 */
export default on('acquisition/balance_exhausted', (turn) => [
  record('acquisition.trouble', { what: 'balance_exhausted' }),
  readQuota(),
  ...alarm(turn, 'acquisition/balance_exhausted', turn.tell('admin.acquisition_exhausted')),
])
