import type { TouchpointKind } from '../../ledger/touchpoint.ts'
import type { WaitingReason } from '../../routing/model.ts'
import { contactWords } from './words-contact.ts'
import type { LiveDecision, LiveRow } from './row.ts'

export type LiveWords = { title: string; detail: string }

const targets: Record<string, string> = {
  owner: '归属客户经理',
  deputy: '归属客户经理的代班同事',
  last: '上次接待的客户经理',
  'firm-lead': '企业的牵头客户经理',
}
const waiting: Record<WaitingReason, string> = {
  'nobody-on-duty': '当前无人在岗',
  'all-full': '可接待的客户经理均已满员',
  'no-member': '没有符合条件的客户经理',
  'no-licence': '没有持有效资格的客户经理',
  'outside-hours': '不在服务时间',
  'wecom-refused': '企业微信拒绝了转接',
}
/** Why a conversation changed hands, ended or a message failed, in the words of the ledger's codes. */
const reasons: Record<string, string> = {
  'wrote-to-customer': '客户经理主动回复了客户',
  'took-from-pool': '客户经理从待接入池接入',
  'transferred-by-manager': '客户经理在企业微信中转接',
  'taken-again': '客户经理重新接入',
  'wecom-says-so': '以企业微信中的接待人为准',
  'ended-by-manager': '客户经理结束了会话',
  'ended-in-wecom': '企业微信中会话已结束',
  'silent-for-48-hours': '客户 48 小时没有消息',
  'no-first-reply': '未及时回复',
  'no-reply-left': '客户再次发言前，可发条数已用完',
  expired: '已过可发送时限',
}
const messageTypes: Record<string, string> = {
  text: '文字',
  image: '图片',
  voice: '语音',
  video: '视频',
  file: '文件',
  location: '位置',
  link: '链接',
  business_card: '名片',
  miniprogram: '小程序',
  msgmenu: '菜单选择',
}

const customer = ({ customerName, externalUserId }: LiveRow): string =>
  customerName ?? (externalUserId ? `客户 …${externalUserId.slice(-4)}` : '客户')
const manager = ({ rmName, rm }: LiveRow): string => rmName ?? rm ?? '客户经理'
const where = ({ channelName, channel }: LiveRow): string => channelName ?? channel ?? '客服链接'
const messageType = ({ data }: LiveRow): string => messageTypes[String(data['type'])] ?? ''
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * A code of ours in words, an order's reason as the person gave it, and nothing for a code that nobody has words
 * for.
 */
const reason = ({ data }: LiveRow): string => {
  const code = text(data['reason'])
  return code.startsWith('admin:') ? `人工处理：${code.slice('admin:'.length)}` : (reasons[code] ?? '')
}

const because = (why: string): string => (why === '' ? '' : `：${why}`)

/** 命中规则“小微贷款”→ 归属客户经理 李伟（在岗，2/5） */
const routed = (row: LiveRow): string => {
  const { decision } = row
  if (row.data['accepted'] === true) return `${manager(row)} 接受了邀请`
  if (!decision) return row.rm ? `分配给 ${manager(row)}` : ''
  const target = [targetName(decision), row.rm ? `${manager(row)}${busyness(decision)}` : ''].filter(Boolean).join(' ')
  if (row.rm) return `${ruleName(decision)}→ ${target}`
  const why = decision.waitingReason ? `（${waiting[decision.waitingReason]}）` : ''
  return `${ruleName(decision)}→ ${decision.outcome === 'left-message' ? '暂请客户留言' : '由智能助手接待'}${why}`
}

const ruleName = ({ rule, ruleName: name }: LiveDecision): string => {
  if (rule === 'admin') return '人工指派'
  return rule === 'fallback' || rule === null ? '没有规则命中，按兜底规则' : `命中规则“${name ?? rule}”`
}

const targetName = ({ to, poolName }: LiveDecision): string => {
  if (to?.startsWith('pool:')) return poolName ?? to.slice('pool:'.length)
  if (to?.startsWith('rm:')) return '指定客户经理'
  return targets[to ?? ''] ?? ''
}

const busyness = ({ load, capacity }: LiveDecision): string =>
  load === null || capacity === null ? '' : `（在岗，${load}/${capacity}）`

const queued = (row: LiveRow): string => {
  const why = row.decision?.waitingReason ?? row.data['waitingReason']
  const words = waiting[why as WaitingReason] ?? '等待空闲的客户经理'
  return `${customer(row)} 正在排队：${words}`
}

const transferred = (row: LiveRow): string => {
  const from = row.formerRmName ?? text(row.data['from'])
  return `${from === '' ? '' : `由 ${from} `}转交 ${manager(row)}${because(reason(row))}`
}

const escalated = (row: LiveRow): string => {
  if (row.data['what'] === 'rejects-customer') return `${manager(row)} 在企业微信中设为不再接收 ${customer(row)} 的消息`
  if (row.data['what'] === 'accepts-customer') return `${manager(row)} 恢复接收 ${customer(row)} 的消息`
  return `${customer(row)} 久候未复，${row.data['to'] ? '已告知主管' : '没有登记可告知的主管'}`
}

const taskKinds: Record<string, string> = { 'left-message': '客户留言', 'call-back': '请求回电', 'follow-up': '跟进' }
const taskKind = ({ data }: LiveRow): string => taskKinds[text(data['kind'])] ?? ''
const holder = (row: LiveRow): string => (row.rm ? `${manager(row)} ` : '待分配：')
const concerning = (row: LiveRow): string => (row.customerName || row.externalUserId ? `：${customer(row)}` : '')

type Say = { title: string; detail: (row: LiveRow) => string }
const kinds: Record<Exclude<TouchpointKind, `app.${string}`>, Say> = {
  'entry.opened': { title: '客户进入客服', detail: (row) => `${customer(row)} 从 ${where(row)} 进入` },
  'message.received': { title: '客户发来消息', detail: (row) => `${customer(row)} 发来${messageType(row)}消息` },
  'message.replied': { title: '客户经理已回复', detail: (row) => `${manager(row)} 回复了 ${customer(row)}` },
  'message.sent': { title: '已自动回复', detail: (row) => `已向 ${customer(row)} 自动发送一条消息` },
  'message.failed': {
    title: '消息未送达',
    detail: (row) => `发给 ${customer(row)} 的消息未送达${because(reason(row))}`,
  },
  'message.recalled': { title: '消息已撤回', detail: (row) => `与 ${customer(row)} 的一条消息已撤回` },
  'conversation.routed': { title: '会话已分配', detail: routed },
  'conversation.queued': { title: '客户排队', detail: queued },
  'conversation.offered': {
    title: '征询客户经理',
    detail: (row) => `已征询 ${manager(row)} 能否接待 ${customer(row)}`,
  },
  'conversation.transferred': { title: '会话已转交', detail: transferred },
  'conversation.refused': { title: '转接未成', detail: (row) => `企业微信未同意转给 ${manager(row)}，正在另行安排` },
  'conversation.reminded': {
    title: '已提醒客户经理',
    detail: (row) => `${manager(row)} 尚未回复 ${customer(row)}，已提醒`,
  },
  'conversation.escalated': { title: '请主管关注', detail: escalated },
  'conversation.closed': {
    title: '会话已结束',
    detail: (row) => `与 ${customer(row)} 的会话已结束${because(reason(row))}`,
  },
  'note.added': { title: '客户经理加了备注', detail: (row) => `${manager(row)} 给 ${customer(row)} 记了一笔` },
  'rating.given': { title: '客户作出评价', detail: (row) => `${customer(row)} 评价了 ${manager(row)} 的服务` },
  ...contactWords({ customer, manager }),
  'identity.joined': { title: '确认客户身份', detail: (row) => `${customer(row)} 与行内客户对上了` },
  'identity.conflict': { title: '身份未采用', detail: (row) => `${customer(row)} 的链接指向另一位客户，未合并` },
  'task.created': { title: '新增待办', detail: (row) => `${holder(row)}有一项${taskKind(row)}待办${concerning(row)}` },
  'task.passed': {
    title: '待办转手',
    detail: (row) =>
      row.rm
        ? `一项${taskKind(row)}待办现由 ${manager(row)} 办理${concerning(row)}`
        : `客户经理已删除，一项${taskKind(row)}待办待重新分配${concerning(row)}`,
  },
  'task.done': {
    title: '待办已完成',
    detail: (row) => `${holder(row)}完成了一项${taskKind(row)}待办${concerning(row)}`,
  },
  'task.cancelled': { title: '待办已取消', detail: (row) => `${holder(row)}的一项${taskKind(row)}待办已取消` },
  'identity.undone': { title: '撤销合并', detail: (row) => `${customer(row)} 的一次合并已由管理员撤销` },
  'customer.described': { title: '客户资料更新', detail: (row) => `行内更新了 ${customer(row)} 的客群` },
  'rm.placed': {
    title: '客户经理所属机构',
    detail: (row) => `${String(row.data['rm'])} 归属 ${String(row.data['branch'])}`,
  },
}

/** What pages tell of themselves has two forms (docs/bank-app.md); every other kind is the bank's own word. */
const appWords = (row: LiveRow): LiveWords => {
  const [, sort = '', ...name] = row.kind.split('.')
  const detail = `${customer(row)}：${name.join('.')}${row.channel ? `（${where(row)}）` : ''}`
  if (sort === 'page' && name.length > 0) return { title: '浏览应用页面', detail }
  if (sort === 'tap' && name.length > 0) return { title: '点击应用按钮', detail }
  return { title: '应用触点', detail: `${customer(row)}：${row.kind.slice('app.'.length)}` }
}

/** A touchpoint as one line for a supervisor's screen; never a message's text. */
export const liveWords = (row: LiveRow): LiveWords => {
  const say = Object.hasOwn(kinds, row.kind) ? kinds[row.kind as keyof typeof kinds] : undefined
  if (say) return { title: say.title, detail: say.detail(row) }
  if (row.kind.startsWith('app.')) return appWords(row)
  return { title: '其他触点', detail: `${customer(row)}：${row.kind}` }
}
