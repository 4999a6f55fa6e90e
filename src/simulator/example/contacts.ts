/** Somebody in a member's contact list; tags by name or id. */
export type ExampleFriend = {
  userid: string
  externalUserId: string
  remark: string
  tags: string[]
  since: number
  state?: string
  addWay?: number
  half?: boolean
}

/** What 客户联系 holds before the story begins; times in milliseconds before it. */
export type ExampleContacts = {
  /** The admin's tag library, made in the console. */
  tags: { group: string; names: string[] }[]
  friends: ExampleFriend[]
  /** How many customers the corp's acquisition links may still bring, for a year. */
  quota: number
  /** Codes and links that an earlier run made by API: whoever kept their ids finds them again. */
  ways?: { configId: string; userids: string[]; state: string; skipVerify: boolean }[]
  links?: { linkId: string; url: string; name: string; userids: string[] }[]
}

const tags = [
  { group: '客户等级', names: ['普通', '金卡', '白金', '私行'] },
  { group: '关注产品', names: ['理财', '基金', '保险', '经营贷', '外汇', '存款'] },
  { group: '来源渠道', names: ['手机银行', '网点', '短信', '转介绍'] },
]

const day = 86_400_000

/** Five friendships that are older than the story, with customers whom their RM knows. */
export const exampleContacts: ExampleContacts = {
  tags,
  friends: [
    { userid: 'sun.li', externalUserId: 'wm_qian', remark: '钱大海-养老', tags: ['白金', '理财'], since: 210 * day },
    { userid: 'he.ping', externalUserId: 'wm_gao', remark: '高志远-基金', tags: ['金卡', '基金'], since: 96 * day },
    {
      userid: 'liu.yang',
      externalUserId: 'wm_tea',
      remark: '叶青-山外山茶庄',
      tags: ['金卡', '经营贷'],
      since: 150 * day,
    },
    { userid: 'zhao.lei', externalUserId: 'wm_silk', remark: '沈云-云锦丝织', tags: ['白金', '网点'], since: 64 * day },
    { userid: 'wu.xia', externalUserId: 'wm_export', remark: '罗平-湾区数码', tags: ['金卡', '外汇'], since: 33 * day },
  ],
  quota: 500,
}
