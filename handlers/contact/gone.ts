import { on } from '#bot'

/** 对账时发现并经企业微信确认已不是联系人：补记台账。事情已过去，不再逐人通知。 */
export default on('contact/gone', () => [])
