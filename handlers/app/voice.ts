import { onlyWords, on } from '#bot'

/** 客户经理发来语音：只能转发文字，告诉他。 */
export default on('app/voice', onlyWords)
