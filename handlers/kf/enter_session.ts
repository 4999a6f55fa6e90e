import { on, replyWithCode } from '#bot'

/** 客户打开了会话：20 秒内送上欢迎菜单。48 小时内来过的客户没有欢迎码，不再打扰。 */
export default on('kf/enter_session', ({ event, account, say }) =>
  event.welcome_code ? [replyWithCode(event.welcome_code, say('customer.welcome', { account: account.name }))] : [],
)
