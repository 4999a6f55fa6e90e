/** As `PUT /api/v1/rms/{userid}` takes an RM, with his userid and his title in WeCom. */
export type ExampleRm = {
  userid: string
  name: string
  position: string
  branch: string
  /** 1 (knows a little) to 5 (teaches it). */
  skills: Record<string, number>
  /** `personal`, `sme`: which kf account he serves. */
  lines: string[]
  licences: { code: string; expiresOn: string }[]
  /** Kf conversations at once. */
  capacity: number
  deputy?: string
  /** The branch whose silent RMs he hears of. */
  supervises?: string
  onDuty: boolean
}

const fund = { code: 'fund', expiresOn: '2029-12-31' }
const insurance = { code: 'insurance', expiresOn: '2028-06-30' }

const rm = (userid: string, name: string, rest: Partial<ExampleRm> & { branch: string }): ExampleRm => ({
  userid,
  name,
  position: '客户经理',
  skills: {},
  lines: ['personal'],
  licences: [],
  capacity: 5,
  onDuty: true,
  ...rest,
})

const shanghai: ExampleRm[] = [
  rm('li.wei', '李伟', {
    branch: 'shanghai',
    position: '高级客户经理',
    supervises: 'shanghai/*',
    skills: { sme: 4, loan: 4, retail: 2 },
    lines: ['sme', 'personal'],
    licences: [fund],
    deputy: 'wang.fang',
  }),
  rm('wang.fang', '王芳', {
    branch: 'shanghai',
    skills: { sme: 3, loan: 3 },
    lines: ['sme'],
    deputy: 'li.wei',
  }),
  rm('zhang.min', '张敏', {
    branch: 'shanghai',
    position: '财富顾问',
    skills: { wealth: 5, retail: 3 },
    licences: [fund, insurance],
    deputy: 'chen.jie',
  }),
  rm('chen.jie', '陈杰', {
    branch: 'shanghai',
    skills: { retail: 3, wealth: 2 },
    licences: [fund],
    deputy: 'zhang.min',
  }),
]

const hangzhou: ExampleRm[] = [
  rm('liu.yang', '刘洋', {
    branch: 'hangzhou',
    position: '小微主管',
    supervises: 'hangzhou/*',
    skills: { sme: 5, loan: 5 },
    lines: ['sme'],
    capacity: 6,
    deputy: 'zhao.lei',
  }),
  rm('zhao.lei', '赵磊', {
    branch: 'hangzhou',
    skills: { sme: 2, loan: 2 },
    lines: ['sme', 'personal'],
    deputy: 'liu.yang',
  }),
  rm('sun.li', '孙丽', {
    branch: 'hangzhou',
    position: '财富顾问',
    skills: { wealth: 4, retail: 4 },
    licences: [fund],
    deputy: 'zhou.tao',
  }),
  rm('zhou.tao', '周涛', { branch: 'hangzhou', skills: { retail: 2 }, capacity: 3, deputy: 'sun.li' }),
]

const shenzhen: ExampleRm[] = [
  rm('wu.xia', '吴霞', {
    branch: 'shenzhen',
    position: '高级客户经理',
    supervises: 'shenzhen/*',
    skills: { sme: 4, trade: 4, loan: 3 },
    lines: ['sme'],
    deputy: 'zheng.bo',
  }),
  rm('zheng.bo', '郑博', {
    branch: 'shenzhen',
    skills: { sme: 2, trade: 3 },
    lines: ['sme'],
    capacity: 4,
    deputy: 'wu.xia',
  }),
  rm('he.ping', '何萍', {
    branch: 'shenzhen',
    position: '财富顾问',
    skills: { wealth: 4, retail: 3 },
    licences: [{ code: 'fund', expiresOn: '2025-03-31' }],
    deputy: 'xu.ning',
  }),
  rm('xu.ning', '徐宁', { branch: 'shenzhen', skills: { retail: 3 }, licences: [insurance], deputy: 'he.ping' }),
]

/** Twelve invented people; one has a licence that ran out, two have less room than the others. */
export const exampleRms: ExampleRm[] = [...shanghai, ...hangzhou, ...shenzhen]
