import type { LiveRow } from './row.ts'

type Say = { title: string; detail: (row: LiveRow) => string }
type Who = { customer: (row: LiveRow) => string; manager: (row: LiveRow) => string }

const lostBy: Record<string, string> = { customer: '客户删除', manager: '客户经理删除', transfer: '已由同事接替' }
const troubles: Record<string, string> = {
  balance_low: '可添加客户数不足 20',
  balance_exhausted: '可添加客户数已用完',
  balance_increased: '已充值',
  quota_expire_soon: '有名额即将到期',
  link_unavailable: '有链接不可用',
  delete_link: '有链接被删除',
}
const because = (words: string | undefined): string => (words ? `（${words}）` : '')

/** What 客户联系 leaves in the ledger, in words for a supervisor's screen. */
export const contactWords = ({ customer, manager }: Who) =>
  ({
    'contact.invited': { title: '邀请添加客户经理', detail: (row) => `已邀请 ${customer(row)} 添加 ${manager(row)}` },
    'contact.added': {
      title: '已添加客户经理',
      detail: (row) =>
        row.data['half'] === true
          ? `${customer(row)} 添加了 ${manager(row)}，待其确认`
          : `${customer(row)} 与 ${manager(row)} 成为联系人`,
    },
    'contact.confirmed': { title: '客户经理已确认', detail: (row) => `${manager(row)} 确认了 ${customer(row)} 的添加` },
    'contact.described': { title: '联系人已补全', detail: (row) => `${customer(row)} 添加 ${manager(row)} 的方式已知` },
    'contact.chatted': { title: '客户开口', detail: (row) => `${customer(row)} 给 ${manager(row)} 发了第一条消息` },
    'contact.lost': {
      title: '联系人流失',
      detail: (row) => `${customer(row)} 与 ${manager(row)} 不再是联系人${because(lostBy[String(row.data['by'])])}`,
    },
    'contact.transfer_failed': { title: '接替未成', detail: (row) => `${customer(row)} 未能转由 ${manager(row)} 服务` },
    'contact.archive_agreed': {
      title: '同意会话存档',
      detail: (row) => `${customer(row)} 同意与 ${manager(row)} 的会话存档`,
    },
    'owner.changed': { title: '客户归属变更', detail: (row) => `${customer(row)} 归 ${manager(row)} 维护` },
    'group.joined': { title: '客户入群', detail: (row) => `${customer(row)} 加入客户群` },
    'group.left': { title: '客户退群', detail: (row) => `${customer(row)} 退出客户群` },
    'group.dismissed': { title: '客户群解散', detail: () => '一个客户群已解散' },
    'acquisition.opened': { title: '打开获客链接', detail: () => '有人经获客链接打开了名片' },
    'acquisition.requested': { title: '申请添加', detail: () => '有人经获客链接申请添加客户经理' },
    'acquisition.trouble': {
      title: '获客助手',
      detail: (row) => troubles[String(row.data['what'])] ?? '请在管理后台查看',
    },
    'alarm.unheard': { title: '无人可告知', detail: () => '有一件事应告知分管全行的主管，但没有设置主管' },
  }) satisfies Record<string, Say>
