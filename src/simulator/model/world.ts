import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import type { ContactBook } from './contact-types.ts'
import type { Settings } from './settings.ts'

/** 0 new, 1 with the bot, 2 in the pool, 3 with a servicer, 4 ended or not begun. */
export type State = 0 | 1 | 2 | 3 | 4
export type Payload = Record<string, unknown>

export type Corp = {
  corpId: string
  name: string
  agentId: number
  secret: string
  token: string
  aesKey: string
  /** 主体验证: without it send_msg is refused (95003). */
  verified: boolean
  anyMemberLoggedIn: boolean
  /** 微信客服 may be used by the app at all (48002). */
  kfApi: boolean
  /** 「微信客服消息和事件」 is switched on for the app's callback. */
  kfCallbacks: boolean
  /** 客户联系 lists the app under 可调用接口的应用 (48002). */
  contactApi: boolean
  /** 「外部联系人变更回调」 is ticked. */
  contactCallbacks: boolean
  /** A business category for which opened acquisition links are told (open_profile). */
  openProfile: boolean
  /** Callers' addresses; empty is any (60020). */
  trustedIps: string[]
  upgrade: { userids: string[]; departments: number[]; chats: string[] }
}

export type Department = { id: number; name: string; parentid: number; order: number }

export type Member = {
  userid: string
  name: string
  departments: number[]
  position: string
  activated: boolean
  /** Inside the app's visible range. */
  visible: boolean
  realNamed: boolean
  /** Has 客户联系 (84083). */
  hasContacts: boolean
  /** The admin set a welcome for him in the console: no code for apps. */
  adminWelcome: boolean
  contactCap: number
  /** When he left the bank. */
  leftAt: number | null
  inbox: StaffMessage[]
  /** What he himself wrote to the app. */
  said: { at: number; text: string }[]
  /** When the app's last messages reached him, for the limit per minute. */
  arrivals: number[]
}

export type StaffMessage = {
  msgid: string
  at: number
  msgtype: string
  body: Payload
  status: 'shown' | 'recalled'
  /** Cards: what became of the buttons. */
  card?: { taskId: string; replaced: string | null }
}

/** What a card's click or sending gives the app: one update of that card, for 72 h. */
export type ResponseCode = { value: string; msgid: string; userids: string[]; expiresAt: number; used: boolean }
/** What a page of the app gets at login: good once, for five minutes. */
export type LoginCode = { value: string; userid: string | null; openid: string; expiresAt: number; used: boolean }

/** Whether a servicer takes customers, in the list's numbers: status 0 receiving, 1 stopped; stopType 1 suspended. */
export type Reception = { status: 0 | 1; stopType: 0 | 1 }

export type LogItem = { msgid: string; send_time: number; msgtype: string; origin: number } & Payload
/** `item` is null for what the app itself sent: it has a place in the log and is never shown. */
export type Entry = { seq: number; at: number; item: LogItem | null }

export type Account = {
  openKfId: string
  name: string
  avatar: string
  deleted: boolean
  /** Ticked for our app at 「通过API管理微信客服账号」. */
  authorised: boolean
  createdByApi: boolean
  servicers: Set<string>
  servicerDepartments: Set<number>
  reception: Map<string, Reception>
  log: Entry[]
  firstSeq: number
  tokens: Map<string, number>
  tokenlessPulls: number[]
  msgids: Set<string>
}

export type Customer = {
  externalUserId: string
  nickname: string
  avatar: string
  gender: 0 | 1 | 2
  unionid: string | null
  /** A WeChat user, or somebody who uses WeCom in another corp. */
  kind: 'wx' | 'wecom'
  corpName: string | null
  position: string | null
  /** Refuses messages of the corp: sends are accepted and fail afterwards (fail_type 10). */
  blocks: boolean
  /** Who is logged in to the bank's app on this phone; nothing that WeCom knows. */
  client: { clientNo: string; name: string } | null
  /** What the bank calls him, for the phones page alone. */
  bankName: string | null
}

export type Line = {
  msgid: string
  at: number
  from: 'customer' | 'servicer' | 'account' | 'system'
  servicer: string | null
  type: string
  payload: Payload
  status: 'shown' | 'failed' | 'recalled'
}

export type Enter = { at: number; scene?: string; scene_param?: string; wechat_channels?: Payload }

/** Everything between one account and one customer. */
export type Chat = {
  openKfId: string
  externalUserId: string
  state: State
  servicer: string | null
  /** Who had it before the last transfer or end. */
  previous: string | null
  /** Everybody who ever had it: each of them may take it back in his client. */
  had: Set<string>
  /** Counts the sessions; codes belong to one of them. */
  session: number
  startedAt: number | null
  endedAt: number | null
  poolCodeGiven: boolean
  humanCodeGiven: boolean
  lastCustomerAt: number | null
  /** API messages since the customer's last one. */
  sent: number
  welcomedAt: number | null
  entered: Enter | null
  /** The servicer refuses this customer's messages. */
  rejected: boolean
  upgrade: Payload | null
  lines: Line[]
}

export type CodeKind = 'welcome' | 'pool' | 'human' | 'end'
export type Code = { value: string; kind: CodeKind; chat: Chat; session: number; expiresAt: number; used: boolean }

/** `name` says where the bank put it up. */
export type KfLink = { openKfId: string; url: string; scene: string; encScene: string; name?: string }
export type MediaType = 'image' | 'voice' | 'video' | 'file'
export type Media = { mediaId: string; type: MediaType; filename: string; bytes: Buffer; expiresAt: number }

/** XML nodes of one callback in their order; the encrypting is the dispatcher's. */
export type Push = { about: string; nodes: [name: string, value: string | number][]; agent: boolean }

/** Something that the phones may want to show again; `userid` is whom it concerns among the staff. */
export type Change = {
  kind:
    | 'account'
    | 'clock'
    | 'contact'
    | 'customer'
    | 'entered'
    | 'line'
    | 'member'
    | 'reception'
    | 'session'
    | 'staff'
    | 'redrawn'
  openKfId?: string
  externalUserId?: string
  userid?: string
  from?: Line['from']
}

export type World = Clock & {
  corp: Corp
  settings: Settings
  chance: Chance
  departments: Map<number, Department>
  members: Map<string, Member>
  accounts: Map<string, Account>
  customers: Map<string, Customer>
  chats: Map<string, Chat>
  codes: Map<string, Code>
  links: Map<string, KfLink>
  media: Map<string, Media>
  contacts: ContactBook
  responseCodes: Map<string, ResponseCode>
  loginCodes: Map<string, LoginCode>
  taskIds: Set<string>
  /** Hands one callback to the dispatcher. */
  push(push: Push): void
  /** An account has news: a callback of its own, or merged with others. */
  ring(openKfId: string): void
  changed(change: Change): void
}
