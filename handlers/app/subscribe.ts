import { greet, notify, on } from '#bot'

/** 成员第一次能看到应用：是我们的客户经理就告诉他怎么用。 */
export default on('app/subscribe', ({ staff, tell }) =>
  staff.me ? [greet(staff.userid), notify(staff.userid, tell('rm.help'))] : [],
)
