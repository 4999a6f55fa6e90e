import { on, record } from '#bot'

/** 有人经获客链接打开了客户经理的名片（仅部分行业有此通知）。 */
export default on('acquisition/open_profile', ({ event }) => [
  record('acquisition.opened', { linkId: event.LinkId, ...(event.State && { state: event.State }) }),
])
