import { NetworkError, WecomError } from '../../wecom/error.ts'
import { bad, type Finding } from './finding.ts'

const secret =
  '在管理后台“应用管理 → 自建应用”里重新复制 Secret 到 WECOM_APP_SECRET（AgentId、Secret 要来自同一个应用）'
const granted =
  '在管理后台“微信客服 → 可调用接口的应用”里勾选这个自建应用，并至少在“通过API管理微信客服账号”里勾选一个账号'

/** What an admin does about the refusals that a new set-up meets; others are told in the words of docs/errors.md. */
const advice: Readonly<Record<number, string>> = {
  40013: '核对 WECOM_CORP_ID：管理后台“我的企业 → 企业信息”最下方的企业ID',
  40001: secret,
  40014: secret,
  40091: secret,
  45031: secret,
  42001: secret,
  40056: '核对 WECOM_AGENT_ID：它与 WECOM_APP_SECRET 须来自同一个自建应用',
  301002: '核对 WECOM_AGENT_ID：它与 WECOM_APP_SECRET 须来自同一个自建应用',
  48002: granted,
  48001: granted,
  48003: granted,
  48007: '在管理后台“微信客服 → 通过API管理微信客服账号”里勾选这个客服账号',
  50002: '这个应用已停用：在管理后台“应用管理”里启用它',
  60031: '这个应用已停用：在管理后台“应用管理”里启用它',
  301007: '这个应用已停用：在管理后台“应用管理”里启用它',
  95017: '在管理后台“微信客服 → API”里打开接口权限',
  95023: '微信客服接口已授权给另一个代开发应用：在管理后台“微信客服”里改授权给这个自建应用',
  45009: '调用过于频繁，被企业微信暂时限制：停一小时再试，不要反复运行',
}

/** What went wrong when WeCom was asked, with the way out. Holds no token and no secret. */
export const refusal = (check: string, error: unknown): Finding => {
  if (error instanceof NetworkError) {
    return bad(
      check,
      `没有得到企业微信的回答（${error.code}）`,
      '检查服务器能否访问 WECOM_API_URL（出口防火墙、代理、DNS）',
    )
  }
  if (!(error instanceof WecomError)) throw error
  const found = `${error.path} 返回 ${error.errcode}${error.hint ? `（hint: ${error.hint}）` : ''}`
  if (error.errcode === 60020 || error.errcode === 301042) {
    const address = error.fromIp ?? '本服务器的出口地址'
    const where = `在管理后台“应用管理 → 自建应用 → 企业可信IP”里加上 ${address}（保存后约一分钟生效；须先有可信域名或可用的回调）`
    return bad(check, `${found}，企业微信看到的地址是 ${address}`, where)
  }
  return bad(
    check,
    found,
    advice[error.errcode] ?? `${error.advice} https://open.work.weixin.qq.com/devtool/query?e=${error.errcode}`,
  )
}
