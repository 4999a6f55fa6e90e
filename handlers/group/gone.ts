import { on, record } from '#bot'

/** 对账时发现客户群已不存在，而群主仍在应用可见范围内：群已解散，补记台账。 */
export default on('group/gone', ({ event, group }) =>
  group?.dismissed
    ? []
    : [record('group.dismissed', { chatId: event.ChatId, found: 'reconcile' }, group?.owner ?? null)],
)
