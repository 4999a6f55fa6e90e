import { becomesOwner, on } from '#bot'

/** 对账时发现的联系人（通知漏了，或在上线之前就已添加）：补记台账，不打扰任何人。 */
export default on('contact/found', (turn) => becomesOwner(turn))
