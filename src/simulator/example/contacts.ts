/** What 客户联系 holds before the story begins. */
export type ExampleContacts = {
  /** The admin's tag library, made in the console. */
  tags: { group: string; names: string[] }[]
  /** Who is in whose contact list; tags by name. */
  friends: { userid: string; externalUserId: string; remark: string; tags: string[]; days: number }[]
  /** How many customers the corp's acquisition links may still bring, for a year. */
  quota: number
}

const tags = [
  { group: '客户等级', names: ['普通', '金卡', '白金', '私行'] },
  { group: '关注产品', names: ['理财', '基金', '保险', '经营贷', '外汇', '存款'] },
  { group: '来源渠道', names: ['手机银行', '网点', '短信', '转介绍'] },
]

/** Five friendships that are older than the story, with customers whom their RM knows. */
export const exampleContacts: ExampleContacts = {
  tags,
  friends: [
    { userid: 'sun.li', externalUserId: 'wm_qian', remark: '钱大海-养老', tags: ['白金', '理财'], days: 210 },
    { userid: 'he.ping', externalUserId: 'wm_gao', remark: '高志远-基金', tags: ['金卡', '基金'], days: 96 },
    { userid: 'liu.yang', externalUserId: 'wm_tea', remark: '叶青-山外山茶庄', tags: ['金卡', '经营贷'], days: 150 },
    { userid: 'zhao.lei', externalUserId: 'wm_silk', remark: '沈云-云锦丝织', tags: ['白金', '网点'], days: 64 },
    { userid: 'wu.xia', externalUserId: 'wm_export', remark: '罗平-湾区数码', tags: ['金卡', '外汇'], days: 33 },
  ],
  quota: 500,
}
