import { close, on } from '#bot'

/** 客户 48 小时没有再说话：企业微信已自动结束会话（不发通知），账本跟着结束。 */
export default on('clock/session_over', () => [close('silent-for-48-hours')])
