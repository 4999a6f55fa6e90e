import { onlyWords, on } from '#bot'

/** 客户经理发来位置：只能转发文字，告诉他。 */
export default on('app/location', onlyWords)
