import { dateOfSeconds } from './seconds.ts'

/** One friendship as WeCom's lists tell it. */
export type ToldContact = {
  externalUserId: string
  name: string | null
  rm: string
  /** Since when they are friends. */
  created: Date
  addWay: number
  state: string | null
  remark: string | null
  /** Ids of corp tags. */
  tags: string[]
}

type Person = { external_userid: string; name: string }
type Relation = { userid: string; createtime: number; add_way: number; remark: string; state?: string | undefined }

/** What a row of `get` or `batch/get_by_user` tells. `now` stands for a time that cannot be read. */
export const toldOf = (
  person: Person,
  relation: Relation,
  { tags, now }: { tags: string[]; now: Date },
): ToldContact => ({
  externalUserId: person.external_userid,
  name: person.name || null,
  rm: relation.userid,
  created: (relation.createtime > 0 ? dateOfSeconds(relation.createtime) : null) ?? now,
  addWay: relation.add_way,
  state: relation.state || null,
  remark: relation.remark || null,
  tags,
})
