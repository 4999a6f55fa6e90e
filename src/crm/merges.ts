import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { ConflictReason, IdentityKind } from './identity.ts'
import type { Via } from './merge.ts'

/** What was said about who a customer is, and what came of it. */
export type Merge = {
  id: string
  at: Date
  lastAt: Date
  /** How often the same conflict was met. */
  times: number
  externalUserId: string
  customerId: string
  kind: IdentityKind
  value: string
  via: Via
  sourceId: string | null
  outcome: 'set' | 'merged' | 'conflict'
  reason: ConflictReason | null
  /** Merged: who became part of him. Conflict: who has the name. */
  otherCustomerId: string | null
  otherExternalUserId: string | null
  undoneAt: Date | null
  undoneBy: string | null
}

type Page = {
  /** Those that concern this customer, on either side; null: everybody's. */
  externalUserId: string | null
  outcome?: Merge['outcome'] | undefined
  before: string | null
  limit: number
}

/** The newest first, before the given id. */
export const listMerges = async (db: Db, { externalUserId, outcome, before, limit }: Page): Promise<Merge[]> => {
  const conditions = [
    ...(externalUserId === null
      ? []
      : [sql`(c.external_userid = ${externalUserId} or o.external_userid = ${externalUserId})`]),
    ...(outcome === undefined ? [] : [sql`k.outcome = ${outcome}`]),
    ...(before === null ? [] : [sql`k.id < ${before}::bigint`]),
  ]
  const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
  const { rows } =
    await sql<Merge>`select k.id, k.at, k.last_at as "lastAt", k.times, c.external_userid as "externalUserId",
      k.customer_id as "customerId", k.kind, k.value, k.via, k.source_id as "sourceId", k.outcome, k.reason,
      k.other_id as "otherCustomerId", o.external_userid as "otherExternalUserId", k.undone_at as "undoneAt", k.undone_by as "undoneBy"
    from identity_claims k join customers c on c.id = k.customer_id left join customers o on o.id = k.other_id
    ${where} order by k.id desc limit ${limit}`.execute(db)
  return rows
}

const names: Record<IdentityKind, string> = { client_no: '客户号', unionid: 'unionid' }
const ways: Record<Via, string> = {
  entry: '客户打开了带签名的入口链接',
  profile: '企业微信返回的客户资料',
  bank: '行内录入的客户资料',
  import: '导入的客户名单',
}
const reasons: Record<ConflictReason, string> = {
  taken: '这个标识已属于另一位企业微信客户，链接可能被转发',
  'has-another': '这位客户已有不同的标识',
  'names-differ': '两份资料的其他标识互不相同',
  'undone-before': '管理员曾撤销同样的合并',
}

/** What came of it and why, for people. */
export const mergeWords = ({ kind, via, outcome, reason, otherCustomerId, undoneAt }: Merge): string => {
  const name = names[kind]
  const end = undoneAt ? '；后来由管理员撤销' : ''
  if (outcome === 'set') return `${ways[via]}，据此记下${name}${end}`
  if (outcome === 'merged') return `${ways[via]}，${name}与客户 ${otherCustomerId ?? ''} 相同，两者合并为一人${end}`
  return `${ways[via]}提到的${name}未采用：${reason ? reasons[reason] : ''}`
}
