import { onlyWords, on } from '#bot'

/** 客户经理发来视频：只能转发文字，告诉他。 */
export default on('app/video', onlyWords)
