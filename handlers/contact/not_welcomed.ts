import { greetByHand, on } from '#bot'

/** 欢迎语没能在 20 秒内发出（来晚了，或被企业微信拒绝）：请客户经理自己打个招呼。 */
export default on('contact/not_welcomed', (turn) => [greetByHand(turn)])
