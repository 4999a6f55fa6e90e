import { dateOfSeconds } from './seconds.ts'

/** Somebody in a customers' group, as reading it tells. */
export type ToldMember = {
  id: string
  /** An external contact; else somebody of the bank. */
  customer: boolean
  joinedAt: Date
  /** 1 invited, 2 by an invite link, 3 by the group's code: not the numbers of the event. */
  scene: number | null
  /** Known only for people of the bank. */
  invitor: string | null
  /** Of the code by which he came. */
  state: string | null
  unionid: string | null
}

/** A customers' group, as it was when WeCom was asked. */
export type ToldGroup = {
  chatId: string
  askedAt: Date
  name: string | null
  owner: string
  createdAt: Date | null
  version: string | null
  members: ToldMember[]
}

type Row = {
  userid: string
  type: number
  join_time: number
  join_scene: number
  invitor?: { userid: string } | undefined
  state?: string | undefined
  unionid?: string | undefined
}
type Answer = {
  chat_id: string
  name: string
  owner: string
  create_time: number
  member_version: string
  member_list: Row[]
}

/** What an answer of groupchat/get tells; `askedAt` stands for a time that cannot be read. */
export const toldGroupOf = (group: Answer, askedAt: Date): ToldGroup => ({
  chatId: group.chat_id,
  askedAt,
  name: group.name || null,
  owner: group.owner,
  createdAt: timeOf(group.create_time),
  version: group.member_version || null,
  members: group.member_list.map((row) => ({
    id: row.userid,
    customer: row.type === 2,
    joinedAt: timeOf(row.join_time) ?? askedAt,
    scene: row.join_scene || null,
    invitor: row.invitor?.userid ?? null,
    state: row.state || null,
    unionid: row.unionid || null,
  })),
})

const timeOf = (seconds: number): Date | null => (seconds > 0 ? dateOfSeconds(seconds) : null)
