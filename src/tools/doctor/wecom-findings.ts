import type { Corp } from '../../settings.ts'
import type { WecomClient } from '../../wecom/client.ts'
import { getAgent } from '../../wecom/endpoints/directory.ts'
import { listKfAccounts, listServicers } from '../../wecom/endpoints/kf.ts'
import { getCallbackIp } from '../../wecom/endpoints/token.ts'
import { WecomError } from '../../wecom/error.ts'
import type { OpenKfId } from '../../wecom/ids.ts'
import { statusInList } from '../../wecom/kf-status.ts'
import { refusal } from './advice.ts'
import { bad, good, warning, type Finding } from './finding.ts'

/** Asks WeCom what a set-up needs, in the order in which an admin must mend it; what depends on something broken is not asked. */
export async function* wecomFindings(
  wecom: WecomClient,
  corp: Corp,
  knownRms: ReadonlySet<string> | null,
): AsyncGenerator<Finding> {
  const access = await accessFindings(wecom)
  yield* access
  if (access.some(({ mark }) => mark === 'bad')) return
  yield await agentFinding(wecom, corp)
  const { findings, accounts } = await accountFindings(wecom)
  yield* findings
  for (const account of accounts) yield* await servicerFindings(wecom, account, knownRms)
}

/** Token first: a wrong secret and an address that is not trusted look alike from afar. */
const accessFindings = async (wecom: WecomClient): Promise<Finding[]> => {
  try {
    await wecom.call(getCallbackIp, {})
    return [good('access_token', '获取成功'), good('企业可信IP', '本服务器可以调用接口')]
  } catch (error) {
    const isToken = error instanceof WecomError && error.path === 'gettoken'
    const isSecret = isToken || (error instanceof WecomError && error.failure === 'refresh_token')
    if (isSecret || !(error instanceof WecomError)) return [refusal('access_token', error)]
    return [good('access_token', '获取成功'), refusal('企业可信IP', error)]
  }
}

const agentFinding = async (wecom: WecomClient, { agentId }: Corp): Promise<Finding> => {
  try {
    const agent = await wecom.call(getAgent, { agentid: agentId })
    if (agent.close === 1) return bad('自建应用', `“${agent.name}”已停用`, '在管理后台“应用管理”里启用它')
    return good('自建应用', `“${agent.name}”（AgentId ${agent.agentid}）`)
  } catch (error) {
    return refusal('自建应用', error)
  }
}

type Account = { open_kfid: OpenKfId; name: string; manage_privilege: boolean }

const accountFindings = async (wecom: WecomClient): Promise<{ findings: Finding[]; accounts: Account[] }> => {
  try {
    const all = await allAccounts(wecom)
    const accounts = all.filter((account) => account.manage_privilege)
    return { findings: [accountsFound(all, accounts)], accounts }
  } catch (error) {
    return { findings: [refusal('微信客服账号', error)], accounts: [] }
  }
}

const allAccounts = async (wecom: WecomClient): Promise<Account[]> => {
  const accounts: Account[] = []
  for (;;) {
    const page = await wecom.call(listKfAccounts, { offset: accounts.length, limit: 100 })
    accounts.push(...page.account_list)
    if (page.account_list.length < 100) return accounts
  }
}

const tick = '在管理后台“微信客服 → 通过API管理微信客服账号”里勾选要由引桥接待的账号'

const accountsFound = (all: readonly Account[], managed: readonly Account[]): Finding => {
  const check = '微信客服账号'
  if (all.length === 0) return bad(check, '企业还没有客服账号', '在管理后台“微信客服”里新建账号，并勾选给这个自建应用')
  if (managed.length === 0) return bad(check, `共 ${all.length} 个，没有一个授权给这个应用`, tick)
  const others = all.length - managed.length
  if (others === 0) return good(check, `${managed.length} 个，均可管理`)
  return warning(check, `${managed.length} 个可管理，另有 ${others} 个未授权`, `需要时${tick}`)
}

const servicerFindings = async (
  wecom: WecomClient,
  account: Account,
  knownRms: ReadonlySet<string> | null,
): Promise<Finding[]> => {
  const check = `接待人员“${account.name || account.open_kfid}”`
  try {
    const { servicer_list: listed } = await wecom.call(listServicers, { open_kfid: account.open_kfid })
    if (listed.length === 0) return [bad(check, '一位也没有', '在管理后台“微信客服 → 账号 → 接待人员”里添加客户经理')]
    const people = listed.flatMap(({ userid, ...rest }) => (userid ? [{ userid, ...rest }] : []))
    const receiving = people.filter(
      ({ status, stop_type }) => status !== undefined && statusInList(status, stop_type) === 'receiving',
    )
    const departments = listed.length - people.length
    return [
      receivingFound(check, { people: people.length, receiving: receiving.length, departments }),
      ...strangers(check, people, knownRms),
    ]
  } catch (error) {
    return [refusal(check, error)]
  }
}

const receivingFound = (
  check: string,
  { people, receiving, departments }: { people: number; receiving: number; departments: number },
): Finding => {
  const found = `${people} 人${departments > 0 ? `、${departments} 个部门` : ''}，${receiving} 人“接待中”`
  if (receiving > 0 || departments > 0) return good(check, found)
  return warning(check, found, '请客户经理在企业微信“工作台 → 微信客服”里改为“接待中”，否则客户只能留言或排队')
}

/** A servicer whom Yinqiao does not know never gets a customer. */
const strangers = (
  check: string,
  people: readonly { userid: string }[],
  knownRms: ReadonlySet<string> | null,
): Finding[] => {
  const unknown = knownRms ? people.filter(({ userid }) => !knownRms.has(userid)).map(({ userid }) => userid) : []
  if (unknown.length === 0) return []
  const some = `${unknown.slice(0, 5).join('、')}${unknown.length > 5 ? ` 等 ${unknown.length} 人` : ''}`
  return [warning(check, `引桥里没有 ${some}`, '用 PUT /api/v1/rms/{userid} 登记他们，否则不会分到客户')]
}
