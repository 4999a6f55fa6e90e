import type { Pool } from 'pg'
import { decisionAnswer } from '../../api/conversations/decision-answer.ts'
import { decisionsOn, type DecisionRow } from '../../api/conversations/conversation-store.ts'
import type { Caller } from '../../api/access/caller.ts'
import { exclusionWords } from '../../routing/explain.ts'
import type { Store } from '../../store/open.ts'

/** A tool's terminal is no place for what customers wrote. */
const reader: Caller = { name: 'explain', role: 'security', branch: null, rm: null }
const most = 20

/** Why a conversation is where it is, or who got a message and why; null when there is neither. Message texts are left out. */
export const explain = async (
  { db, pool }: Pick<Store, 'db' | 'pool'>,
  asked: string,
  zone = 'Asia/Shanghai',
): Promise<string | null> => {
  const when = clockOf(zone)
  const message = await findMessage(pool, asked)
  const conversation = await findConversation(pool, message ? message.conversation_id : asked)
  if (message && !conversation)
    return `${messageLine(message, when)}\n不属于任何会话（历史消息，或未能处理；见 GET /api/v1/integrity）`
  if (!conversation) return null
  const decisions = await decisionsOn(db, conversation.id, most)
  const own = message ? decisions.filter(({ id }) => message.decisions.includes(id)) : decisions
  return [
    ...(message ? [messageLine(message, when)] : []),
    conversationLine(conversation, when),
    ...(message && own.length === 0 ? [joined(conversation)] : []),
    ...(own.length > 0 ? own : message ? [] : decisions).map((row) => decisionText(row, when)),
    ...(decisions.length === 0 ? ['还没有分配决策'] : []),
  ].join('\n')
}

type Message = {
  id: string
  at: Date
  sender: string
  type: string
  conversation_id: string | null
  decisions: string[]
}
const findMessage = async (pool: Pool, msgid: string): Promise<Message | null> => {
  const { rows } = await pool.query<Message>(
    `select m.id, m.at, m.sender, m.type, m.conversation_id,
       array(select d.id::text from decisions d join inbox i on i.id = d.inbox_id
             where d.conversation_id = m.conversation_id and i.payload -> 'item' ->> 'msgid' = m.id order by d.id) as decisions
     from messages m where m.id = $1`,
    [msgid],
  )
  return rows[0] ?? null
}

type Conversation = {
  id: string
  status: string
  rm: string | null
  rm_name: string | null
  waiting_reason: string | null
  account: string
  external_userid: string
  opened_at: Date
}
const findConversation = async (pool: Pool, id: string | null): Promise<Conversation | null> => {
  if (!id || !/^\d{1,18}$/.test(id)) return null
  const { rows } = await pool.query<Conversation>(
    `select c.id, c.status, c.rm, r.name as rm_name, c.waiting_reason, coalesce(a.name, c.open_kfid) as account, c.external_userid, c.opened_at
     from conversations c left join rms r on r.userid = c.rm left join kf_accounts a on a.open_kfid = c.open_kfid where c.id = $1`,
    [id],
  )
  return rows[0] ?? null
}

const senders: Record<string, string> = { customer: '客户', rm: '客户经理', bot: '机器人', system: '系统' }
const statuses: Record<string, string> = {
  bot: '机器人接待',
  queued: '排队中',
  offered: '征询中',
  assigned: '已分配',
  closed: '已结束',
}

const messageLine = ({ id, at, sender, type }: Message, when: When): string =>
  `消息 ${id}：${when(at)} ${senders[sender] ?? sender}发来的 ${type}`

const conversationLine = (it: Conversation, when: When): string =>
  [
    `会话 ${it.id}：客户 ${it.external_userid}，“${it.account}”，${when(it.opened_at)} 开始，${statuses[it.status] ?? it.status}`,
    ...(it.rm ? [`，${it.rm_name ?? it.rm}（${it.rm}）`] : []),
    ...(it.waiting_reason ? [`，等待原因 ${it.waiting_reason}`] : []),
  ].join('')

const joined = ({ rm, rm_name }: Conversation): string =>
  rm ? `这条消息没有引起新的决策：会话已由 ${rm_name ?? rm}（${rm}）接待` : '这条消息没有引起新的决策'

const outcomes: Record<string, string> = {
  assigned: '分配',
  offered: '征询',
  queued: '排队',
  'left-message': '请客户留言',
  bot: '交给机器人',
}

const decisionText = (row: DecisionRow, when: When): string => {
  const it = decisionAnswer(row, reader)
  const facts = Object.entries(it.facts).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join('、') : String(value)}`,
  )
  return [
    '',
    `决策 ${it.id}：${when(row.at)} ${outcomes[it.outcome] ?? it.outcome}${it.rm ? ` → ${it.rm}` : ''}（规则版本 ${it.rulesetVersion}）`,
    `  规则：${it.ruleName ?? '—'}（${it.rule ?? '—'}）`,
    ...it.rules.map(
      ({ key, matched, failed }) =>
        `    ${matched ? '✔' : '✘'} ${key}${failed.length > 0 ? `：${failed.join('；')}` : ''}`,
    ),
    ...(it.steps.length > 0 ? ['  范围：', ...it.steps.map(({ to, result }) => `    ${to}：${result}`)] : []),
    ...(it.candidates.length > 0 ? ['  考虑过的人：', ...it.candidates.map(candidateLine)] : []),
    ...(facts.length > 0 ? [`  依据：${facts.join('，')}`] : []),
  ].join('\n')
}

type Candidate = { rm: string; eligible: boolean; excludedBy: string | null; load: number; capacity: number }
const candidateLine = ({ rm, eligible, excludedBy, load, capacity }: Candidate): string =>
  `    ${eligible ? '✔' : '✘'} ${rm}（接待 ${load}/${capacity}）${excludedBy ? `：${exclusionWords(excludedBy)}` : ''}`

type When = (at: Date) => string
const clockOf = (timeZone: string): When => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => format.format(at)
}
