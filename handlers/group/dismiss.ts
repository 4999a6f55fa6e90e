import { on, record } from '#bot'

/** 客户群解散了。企业微信不会再逐人通知退群。 */
export default on('group/dismiss', ({ event, group }) =>
  group?.dismissed ? [] : [record('group.dismissed', { chatId: event.ChatId }, group?.owner ?? null)],
)
