import type { ExampleCorp, ExampleRm } from '../src/simulator/example-corp.ts'

const rm = (userid: string, name: string, rest: Partial<ExampleRm> = {}): ExampleRm => ({
  userid,
  name,
  position: '客户经理',
  branch: 'shanghai',
  skills: {},
  lines: ['personal'],
  licences: [],
  capacity: 2,
  onDuty: true,
  ...rest,
})

export const account = 'wkSmallBank00000000000000000001'

/** A bank with one kf account and three RMs: enough for a story, small enough to know who must get whom. */
export const smallBank = (change: Partial<ExampleCorp> = {}): ExampleCorp => ({
  name: '小城银行',
  branches: [{ key: 'shanghai', name: '上海分行', departmentId: 2 }],
  rms: [
    rm('li.wei', '李伟', { skills: { sme: 4 }, deputy: 'wang.fang' }),
    rm('wang.fang', '王芳', { skills: { sme: 2 } }),
    rm('zhao.lei', '赵磊'),
  ],
  accounts: [{ openKfId: account, name: '小城银行客服', servicers: ['li.wei', 'wang.fang', 'zhao.lei'] }],
  customers: [
    {
      externalUserId: 'wm_bakery',
      nickname: '面包房老板',
      gender: 1,
      known: { name: '麦香面包房', kind: 'sme', owner: 'li.wei', branch: 'shanghai', tags: [] },
    },
    {
      externalUserId: 'wm_chen',
      nickname: '陈女士',
      gender: 2,
      known: { name: '陈静怡', kind: 'person', tier: 'gold', owner: 'zhao.lei', branch: 'shanghai', tags: [] },
    },
    { externalUserId: 'wm_stranger', nickname: '路人', gender: 0 },
  ],
  links: [
    {
      openKfId: account,
      url: 'https://work.weixin.qq.com/kf/kfcsmallbank?enc_scene=ENCsmall1',
      scene: 'app_home',
      encScene: 'ENCsmall1',
      name: '手机银行首页',
    },
  ],
  ...change,
})

/** Owner, then deputy, then anybody; nobody there: the message is kept. */
export const smallRules = {
  pools: {
    'sme-desk': { name: '小微专席', members: { skills: { sme: 2 } }, strategy: 'least-loaded' },
    general: { name: '综合客服', members: {}, strategy: 'round-robin' },
  },
  rules: [
    {
      key: 'sme-loan',
      name: '小微贷款',
      when: {
        all: [
          { fact: 'customer.kind', is: 'sme' },
          { fact: 'message.text', contains: ['贷款', '授信', '额度'] },
        ],
      },
      priority: 20,
      steps: [{ to: 'owner' }, { to: 'deputy' }, { to: 'pool:sme-desk' }],
      otherwise: 'leave-message',
    },
    {
      key: 'known',
      name: '老客户',
      when: { fact: 'customer.known', is: true },
      steps: [{ to: 'owner' }, { to: 'pool:general' }],
      otherwise: 'leave-message',
    },
  ],
  fallback: { steps: [{ to: 'pool:general' }], otherwise: 'leave-message' },
}
