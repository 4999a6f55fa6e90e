import { adopt, managerReplied, on } from '#bot'

/** 客户经理在企业微信里回复了客户：首次回复计时到此为止。别的同事回了，会话就算他的。 */
export default on('kf/servicer_message', ({ event, conversation, inConversation }) => {
  const rm = event.servicer_userid
  const his = inConversation && conversation.status === 'assigned' && conversation.rm === rm
  return his ? [managerReplied()] : [adopt(rm, 'wrote-to-customer'), managerReplied()]
})
