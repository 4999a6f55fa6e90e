import { randomBytes } from 'node:crypto'
import type { Corp } from '../../settings.ts'
import { createCallbackDoor } from '../../wecom/callback-door.ts'
import { bad, good, type Finding } from './finding.ts'

const check = '回调地址'
/** WeCom gives up after one second when the admin saves the address; a house's own detour may be longer. */
const deadlineMs = 5_000

/** Knocks at our own callback as WeCom does when the admin saves it: sealed with the corp's key, to come back in clear, byte for byte. */
export const callbackFinding = async (corp: Corp, url: string): Promise<Finding> => {
  const door = createCallbackDoor({ token: corp.token, aesKey: corp.aesKey, receiveId: corp.corpId })
  const [timestamp, nonce, echo] = [
    `${Math.floor(Date.now() / 1000)}`,
    randomBytes(8).toString('hex'),
    randomBytes(8).readBigUInt64BE().toString(),
  ]
  const { encrypt, signature } = door.seal(echo, { timestamp, nonce, random: randomBytes(16) })
  const query = new URLSearchParams({ msg_signature: signature, timestamp, nonce, echostr: encrypt })
  const answer = await knock(`${url}/wecom/callback?${query.toString()}`)
  if ('trouble' in answer) {
    return bad(
      check,
      `${url}/wecom/callback 连不上（${answer.trouble}）`,
      '先启动引桥；再检查 PUBLIC_URL、域名解析、证书和反向代理',
    )
  }
  if (answer.status === 200 && answer.body === echo) {
    return good(
      check,
      `${url}/wecom/callback 可以验证（从本机看；企业微信能否从公网访问，以后台“接收消息”保存成功为准）`,
    )
  }
  return bad(
    check,
    `${url}/wecom/callback 回答 HTTP ${answer.status}${answer.status === 200 ? '，内容不对' : ''}`,
    todo(answer.status),
  )
}

const todo = (status: number): string => {
  if (status === 200) return '反向代理改动了回答：/wecom/callback 须原样转发，不能加页面或换行'
  if (status === 403)
    return '运行中的引桥用的是另一套 WECOM_CORP_ID、WECOM_CALLBACK_TOKEN 或 WECOM_CALLBACK_AES_KEY（须与后台“接收消息”一致），或两台机器时钟不一致'
  return '反向代理没有把 /wecom/callback 转给引桥：路径、查询参数须原样转发'
}

type Answer = { status: number; body: string } | { trouble: string }

const knock = async (url: string): Promise<Answer> => {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    const { code, name } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    return { trouble: name === 'TimeoutError' ? `${deadlineMs / 1000} 秒没有回答` : (code ?? name) }
  }
}
