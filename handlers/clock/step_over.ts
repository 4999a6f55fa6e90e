import { bringOn, on } from '#bot'

/** 这一步等够了，或有人空出来了：再看一次谁能接待。 */
export default on('clock/step_over', bringOn)
