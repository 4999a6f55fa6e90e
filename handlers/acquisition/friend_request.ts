import { on, record } from '#bot'

/** 有人经获客链接发出了添加申请。 */
export default on('acquisition/friend_request', ({ event }) => [
  record('acquisition.requested', { linkId: event.LinkId, ...(event.State && { state: event.State }) }),
])
