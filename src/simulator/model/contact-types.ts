/** `half`: the customer added the member, who has not confirmed; `lost…`: by whom it was ended. */
export type Phase = 'half' | 'full' | 'lost_by_member' | 'lost_by_customer'

/** A line of the private chat between a member and a customer, in the shape of a kf chat's lines. */
export type ContactLine = {
  msgid: string
  at: number
  from: 'customer' | 'servicer' | 'system'
  servicer: string | null
  type: string
  payload: Record<string, unknown>
  status: 'shown'
}

/** A friendship between a member and a customer; it outlives its end, as WeChat keeps the chat. */
export type Relation = {
  userid: string
  externalUserId: string
  phase: Phase
  createdAt: number
  addWay: number
  /** Who began it: a userid or an external_userid. */
  operator: string
  state: string
  linkId: string | null
  remark: string
  description: string
  remarkCompany: string
  mobiles: string[]
  tags: Set<string>
  chatStarted: boolean
  welcomed: boolean
  /** What the member received since the add. */
  received: number
  transferredAt: number[]
  lines: ContactLine[]
}

/** How somebody wants to become a contact; `linkId` is an acquisition link's. */
export type Way = { addWay: number; operator: string; state: string; linkId: string | null }
/** Waits for the member's yes (skip_verify false). */
export type Request = Way & { userid: string; externalUserId: string; at: number }

/** One welcome for one event of adding. */
export type Welcome = {
  code: string
  userid: string
  externalUserId: string
  expiresAt: number
  status: 'open' | 'sending' | 'sent' | 'failed'
}

export type Tag = { id: string; name: string; createdAt: number; order: number; deleted: boolean }
export type TagGroup = Tag & { byApp: boolean; tags: Tag[] }

export type ContactWay = {
  configId: string
  type: 1 | 2
  scene: 1 | 2
  style: number | null
  remark: string
  skipVerify: boolean
  state: string
  users: string[]
  parties: number[]
  exclusive: boolean
  createdAt: number
  /** Whose turn it is. */
  turn: number
}

export type AcquisitionLink = {
  linkId: string
  name: string
  url: string
  createdAt: number
  skipVerify: boolean
  users: string[]
  parties: number[]
  priority: { type: number; userids: string[] } | null
  byApp: boolean
  available: boolean
  turn: number
  clicks: { at: number; customer: string }[]
  customers: { at: number; userid: string; externalUserId: string; state: string }[]
}

export type Quota = { used: number; batches: { expiresAt: number; balance: number }[] }

export type GroupMember = {
  id: string
  type: 1 | 2
  joinedAt: number
  /** 1 invited, 2 invite link, 3 QR code. */
  scene: 1 | 2 | 3
  invitor: string | null
  state: string
}
export type Group = {
  chatId: string
  name: string
  owner: string
  notice: string
  createdAt: number
  members: GroupMember[]
  version: string
  dismissed: boolean
  /** How it was until then, for reads that lag. */
  past: { until: number; shown: Record<string, unknown> }[]
}

/** 1 done, 2 waiting, 3 declined, 4 the new member is full. */
export type Transfer = {
  from: string
  to: string
  externalUserId: string
  dueAt: number
  status: 1 | 2 | 3 | 4
  message: string
}

/** A key of message_from_customer for get_chat_info. */
export type ChatKey = { expiresAt: number; userid: string; externalUserId: string; received: number; linkId: string }

/** Everything of 客户联系. Relations stand by member, then by customer. */
export type ContactBook = {
  relations: Map<string, Map<string, Relation>>
  requests: Request[]
  welcomes: Map<string, Welcome>
  tagGroups: Map<string, TagGroup>
  ways: Map<string, ContactWay>
  links: Map<string, AcquisitionLink>
  quota: Quota
  groups: Map<string, Group>
  transfers: Transfer[]
  chatKeys: Map<string, ChatKey>
  /** So many of the next callbacks never leave: only reading the lists finds what happened. */
  losing: number
}
