import { exampleContacts } from './example/contacts.ts'
import type { ExampleContacts } from './example/contacts.ts'
import { exampleCustomers } from './example/customers.ts'
import type { ExampleCustomer } from './example/customers.ts'
import { exampleRms } from './example/rms.ts'
import type { ExampleRm } from './example/rms.ts'

export type { ExampleCustomer, ExampleRm }

export type ExampleAccount = { openKfId: string; name: string; servicers: string[] }
export type ExampleLink = {
  openKfId: string
  url: string
  scene: string
  encScene: string
  name: string
  /** What kind of channel it is to Yinqiao; without one it is a link that nobody told Yinqiao of. */
  kind?: 'app' | 'branch' | 'sms'
}

/** A bank that is small enough to know everybody. Plain data: the same people can be seeded into Yinqiao. */
export type ExampleCorp = {
  name: string
  branches: { key: string; name: string; departmentId: number }[]
  rms: ExampleRm[]
  accounts: ExampleAccount[]
  customers: ExampleCustomer[]
  /** Ways into a chat that the bank put up: in its app, its mini program, a branch, a text message. */
  links: ExampleLink[]
  /** Contacts and tags of 客户联系; nobody knows anybody without. */
  contacts?: ExampleContacts
}

/** 个人客户服务 */
export const personalAccount = 'wkJNYH7f3kQpV2sXbLr8TdGmWc4ZaEuN'
/** 小微企业服务 */
export const smeAccount = 'wkJNYH9xRt5HvKe2MqYwP7sDgUj3FbCz'

const branches = [
  { key: 'shanghai', name: '上海分行', departmentId: 2 },
  { key: 'hangzhou', name: '杭州分行', departmentId: 3 },
  { key: 'shenzhen', name: '深圳分行', departmentId: 4 },
]

const link = (openKfId: string, given: Omit<ExampleLink, 'openKfId' | 'url'>): ExampleLink => ({
  ...given,
  openKfId,
  url: `https://work.weixin.qq.com/kf/kfc${openKfId.slice(2, 19).toLowerCase()}?enc_scene=${given.encScene}`,
})

const links: ExampleLink[] = [
  link(personalAccount, {
    scene: 'app_home',
    encScene: 'ENCGJ4mPq7WzKx2RtYv9LbNcDs5H',
    name: '手机银行首页「联系客户经理」',
    kind: 'app',
  }),
  link(personalAccount, {
    scene: 'branch_qr',
    encScene: 'ENC8TkXw3VrBn6QmZp4JcHfLs2Gd',
    name: '网点二维码',
    kind: 'branch',
  }),
  link(smeAccount, {
    scene: 'app_loan',
    encScene: 'ENCbR5yWt8NkMv3XqPz7LdJhGc2S',
    name: '企业手机银行「经营贷款」',
    kind: 'app',
  }),
  link(smeAccount, {
    scene: 'sms_renewal',
    encScene: 'ENC2HsQx9FmKw4TzVr6BnLpYcJd7',
    name: '续贷提醒短信',
    kind: 'sms',
  }),
]

const serving = (line: string): string[] => exampleRms.filter((rm) => rm.lines.includes(line)).map((rm) => rm.userid)

/** 江南银行, an invented bank: two kf accounts, twelve RMs in three branches, fourteen customers. */
export const exampleCorp = (): ExampleCorp =>
  structuredClone({
    name: '江南银行',
    branches,
    rms: exampleRms,
    accounts: [
      { openKfId: personalAccount, name: '江南银行 个人客户服务', servicers: serving('personal') },
      { openKfId: smeAccount, name: '江南银行 小微企业服务', servicers: serving('sme') },
    ],
    customers: exampleCustomers,
    links,
    contacts: exampleContacts,
  })
