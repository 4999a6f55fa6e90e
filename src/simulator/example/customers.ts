/** As `PUT /api/v1/customers/{externalUserId}` takes a customer, with what WeChat shows of him. */
export type ExampleCustomer = {
  externalUserId: string
  nickname: string
  gender: 0 | 1 | 2
  /** What the bank knows; absent for somebody it does not know yet. */
  known?: {
    name: string
    kind: 'person' | 'sme'
    tier?: string
    owner?: string
    branch?: string
    tags: string[]
    clientNo?: string
    firm?: { no: string; name: string }
  }
  /** A client of the bank in its app, of whom the bank does not know yet who he is in WeChat. */
  client?: { clientNo: string; name: string }
}

const persons: ExampleCustomer[] = [
  {
    externalUserId: 'wm_chen',
    nickname: '陈女士',
    gender: 2,
    known: {
      name: '陈静怡',
      kind: 'person',
      tier: 'gold',
      owner: 'zhang.min',
      branch: 'shanghai',
      tags: ['理财'],
      clientNo: 'C100001',
    },
  },
  {
    externalUserId: 'wm_qian',
    nickname: '老钱',
    gender: 1,
    known: {
      name: '钱大海',
      kind: 'person',
      tier: 'platinum',
      owner: 'sun.li',
      branch: 'hangzhou',
      tags: ['理财', '养老'],
      clientNo: 'C100002',
    },
  },
  {
    externalUserId: 'wm_lin',
    nickname: '林小满',
    gender: 2,
    known: {
      name: '林小满',
      kind: 'person',
      tier: 'standard',
      owner: 'xu.ning',
      branch: 'shenzhen',
      tags: [],
      clientNo: 'C100003',
    },
  },
  {
    externalUserId: 'wm_gao',
    nickname: '高先生',
    gender: 1,
    known: {
      name: '高志远',
      kind: 'person',
      tier: 'gold',
      owner: 'he.ping',
      branch: 'shenzhen',
      tags: ['基金'],
      clientNo: 'C100004',
    },
  },
  {
    externalUserId: 'wm_tang',
    nickname: '唐唐',
    gender: 2,
    known: { name: '唐可', kind: 'person', tier: 'standard', branch: 'shanghai', tags: [], clientNo: 'C100005' },
  },
  { externalUserId: 'wm_stranger', nickname: '路人甲', gender: 0 },
  {
    externalUserId: 'wm_xiaoyu',
    nickname: '小雨',
    gender: 2,
    client: { clientNo: 'C100006', name: '周小雨' },
  },
]

const firm = (no: string, name: string) => ({ no, name })

const owners: ExampleCustomer[] = [
  {
    externalUserId: 'wm_bakery',
    nickname: '面包房老板',
    gender: 1,
    known: {
      name: '方圆',
      kind: 'sme',
      tier: 'gold',
      owner: 'li.wei',
      branch: 'shanghai',
      tags: ['经营贷'],
      clientNo: 'S200001',
      firm: firm('F200001', '麦香面包房'),
    },
  },
  {
    externalUserId: 'wm_bakery_finance',
    nickname: '麦香财务小何',
    gender: 2,
    known: {
      name: '何苗',
      kind: 'sme',
      branch: 'shanghai',
      tags: [],
      clientNo: 'S200002',
      firm: firm('F200001', '麦香面包房'),
    },
  },
  {
    externalUserId: 'wm_tea',
    nickname: '龙井茶庄',
    gender: 1,
    known: {
      name: '叶青',
      kind: 'sme',
      tier: 'gold',
      owner: 'liu.yang',
      branch: 'hangzhou',
      tags: ['续贷'],
      clientNo: 'S200003',
      firm: firm('F200002', '山外山茶庄'),
    },
  },
  {
    externalUserId: 'wm_silk',
    nickname: '丝绸厂沈姐',
    gender: 2,
    known: {
      name: '沈云',
      kind: 'sme',
      tier: 'platinum',
      owner: 'zhao.lei',
      branch: 'hangzhou',
      tags: ['结算'],
      clientNo: 'S200004',
      firm: firm('F200003', '云锦丝织'),
    },
  },
  {
    externalUserId: 'wm_export',
    nickname: '跨境老罗',
    gender: 1,
    known: {
      name: '罗平',
      kind: 'sme',
      tier: 'gold',
      owner: 'wu.xia',
      branch: 'shenzhen',
      tags: ['外汇'],
      clientNo: 'S200005',
      firm: firm('F200004', '湾区数码贸易'),
    },
  },
  {
    externalUserId: 'wm_repair',
    nickname: '阿强汽修',
    gender: 1,
    known: {
      name: '梁志强',
      kind: 'sme',
      branch: 'shenzhen',
      tags: [],
      clientNo: 'S200006',
      firm: firm('F200005', '阿强汽车维修'),
    },
  },
  { externalUserId: 'wm_noodles', nickname: '兰州拉面马师傅', gender: 1 },
]

/** Fourteen invented people: with an RM of their own, without one, and strangers; two of them work in one firm. */
export const exampleCustomers: ExampleCustomer[] = [...persons, ...owners]
