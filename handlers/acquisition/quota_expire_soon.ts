import { alarm, on, record } from '#bot'

/** 一批获客名额快到期（提前 14、7、3、2、1 天各通知一次）。 */
export default on('acquisition/quota_expire_soon', (turn) => {
  const { ExpireTime: at, ExpireQuotaNum: count } = turn.event
  const words = turn.tell('admin.acquisition_expiring', { count, day: dayInChina(Number(at)) })
  return [
    record('acquisition.trouble', { what: 'quota_expire_soon', expiresAt: Number(at), count: Number(count) }),
    ...alarm(turn, 'acquisition/quota_expire_soon', words),
  ]
})

const dayInChina = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' })
