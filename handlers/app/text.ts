import { obey, on } from '#bot'

/** 客户经理在应用里写的话：今日、待办、客户、忙碌、空闲、转接、备注、回复、结束、帮助；别的话，正在中转一位客户时就发给他。 */
export default on('app/text', obey)
