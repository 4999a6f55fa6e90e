import { alarm, forgetLink, on, record } from '#bot'

/** 获客链接失效（例如使用成员全部离职）：告知分管全行的主管。 */
export default on('acquisition/link_unavailable', (turn) => [
  record('acquisition.trouble', { what: 'link_unavailable', linkId: turn.event.LinkId }),
  forgetLink(turn.event.LinkId),
  ...alarm(turn, 'acquisition/link_unavailable', turn.tell('admin.acquisition_link_gone', { link: turn.event.LinkId })),
])
