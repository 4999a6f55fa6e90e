import { greet, notify, on } from '#bot'

/** 客户经理打开应用：一天告诉他一次可以怎么用。 */
export default on('app/enter_agent', ({ staff, tell }) =>
  staff.me && !staff.me.greetedToday ? [greet(staff.userid), notify(staff.userid, tell('rm.help'))] : [],
)
