import { on } from '#bot'

/** 经获客链接来的客户发到了第 3、5、10 条消息。通知里已不带客户，不入台账。 */
export default on('acquisition/message_from_customer', () => [])
