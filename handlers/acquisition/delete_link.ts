import { alarm, forgetLink, on, record } from '#bot'

/** 获客链接在管理后台被删除：与失效同样处理。 */
export default on('acquisition/delete_link', (turn) => [
  record('acquisition.trouble', { what: 'delete_link', linkId: turn.event.LinkId }),
  forgetLink(turn.event.LinkId),
  ...alarm(turn, 'acquisition/delete_link', turn.tell('admin.acquisition_link_gone', { link: turn.event.LinkId })),
])
