import * as message from '../../wecom/endpoints/message.ts'
import * as oauth from '../../wecom/endpoints/oauth.ts'
import * as token from '../../wecom/endpoints/token.ts'
import { updateCard } from '../model/cards.ts'
import { Refused, refuseIf } from '../model/refused.ts'
import { recallFromStaff, sendToStaff } from '../model/staff.ts'
import type { Payload, World } from '../model/world.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

const bodyOf = (ask: { msgtype: string }): Payload => ((ask as Payload)[ask.msgtype] ?? {}) as Payload

/** auth/getuserinfo: a code works once and for five minutes. */
const login = (world: World, value: string): Record<string, unknown> => {
  const code = world.loginCodes.get(value)
  if (!code) throw new Refused(40029, 'invalid code')
  refuseIf(code.used, 42022, 'code is used already')
  refuseIf(code.expiresAt < world.now(), 42003, 'code expired')
  code.used = true
  return code.userid === null ? { openid: code.openid } : { userid: code.userid }
}

/** Tokens, messages to staff and who opens the app's pages. */
export const staffAnswers: Served[] = [
  serve(token.getToken, ({ tokens, ip }, ask) => tokens.get({ ...ask, ip })),
  serve(token.getJsapiTicket, ({ tokens }) => tokens.ticket('corp')),
  serve(token.getAgentTicket, ({ tokens }) => tokens.ticket('agent')),
  serve(token.getApiDomainIp, () => ({ ip_list: ['127.0.0.1'] })),
  serve(token.getCallbackIp, () => ({ ip_list: ['127.0.0.1'] })),
  serve(message.sendAppMessage, ({ world }, ask) => {
    const {
      touser,
      toparty,
      agentid,
      msgtype,
      enable_duplicate_check: check,
      duplicate_check_interval: seconds = 1800,
    } = ask
    const duplicateMs = check === 1 ? seconds * 1000 : 0
    return sendToStaff(world, { touser, toparty, agentid, msgtype, body: bodyOf(ask), duplicateMs })
  }),
  serve(message.recallAppMessage, ({ world }, ask) => {
    recallFromStaff(world, ask.msgid)
    return {}
  }),
  serve(message.updateTemplateCard, ({ world }, ask) =>
    updateCard(world, {
      responseCode: ask.response_code,
      agentid: ask.agentid,
      userids: ask.userids ?? [],
      atall: ask.atall === 1,
      replaceName: ask.button?.replace_name,
      card: ask.template_card,
    }),
  ),
  serve(oauth.getUserInfo, ({ world }, ask) => login(world, ask.code)),
  serve(oauth.getUserDetail, () => {
    throw new Refused(84015, 'invalid user_ticket')
  }),
]
