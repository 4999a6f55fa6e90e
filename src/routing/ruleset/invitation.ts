import { z } from 'zod'

/** When a customer is invited to add the RM who has him; the database sees to it that nobody is asked too often. */
export const InviteWhen = z.enum(['after-service', 'at-once', 'never']).meta({
  id: 'InviteWhen',
  description: 'after-service 服务结束时邀请客户添加客户经理；at-once 转接时就邀请；never 不邀请',
})
export type InviteWhen = z.infer<typeof InviteWhen>

export const INVITE_WAYS = ['acquisition-link', 'contact-way', 'upgrade'] as const
export type InviteWay = (typeof INVITE_WAYS)[number]

export const Invitation = z
  .strictObject({
    default: InviteWhen.describe('规则没有写 invite 时'),
    ways: z
      .array(z.enum(INVITE_WAYS))
      .min(1, '至少写一种')
      .max(INVITE_WAYS.length)
      .refine((ways) => new Set(ways).size === ways.length, '同一种写了两次')
      .optional()
      .describe(
        '依次尝试：acquisition-link 获客链接（收费）、contact-way 联系我二维码、upgrade 请接待人员推荐名片。默认三种都用',
      ),
    againDays: z.int().min(1).max(3_650).optional().describe('同一位客户多少天内只邀请一次；默认 30'),
    attributeDays: z.int().min(1).max(365).optional().describe('邀请后多少天内添加的，算这次邀请带来的；默认 14'),
    linkPrice: z
      .number()
      .min(0)
      .max(10_000)
      .optional()
      .describe('获客助手每添加一位客户的价格（元），用来核算费用；不写则只计人数'),
  })
  .meta({ id: 'Invitation', description: '邀请客户添加客户经理；不写则从不邀请' })

export type CompiledInvitation = {
  /** For a rule by its key; the default for a conversation that no rule has seen. */
  when(rule: string | null): InviteWhen
  ways: readonly InviteWay[]
  /** Some rule invites: customers may ask for it themselves, and RMs may invite. */
  inUse: boolean
  /** The rule itself says never (a complaint): then not even an RM invites. */
  forbidden(rule: string | null): boolean
  /** Acquisition links, which the bank pays for, may be used at all. */
  paid: boolean
  againDays: number
  attributeDays: number
  /** Yuan for each customer added by a paid link; null when the bank has not said. */
  linkPrice: number | null
}

type Written = {
  invitation?: z.infer<typeof Invitation> | undefined
  rules?: readonly { key: string; invite?: InviteWhen | undefined }[] | undefined
  fallback: { invite?: InviteWhen | undefined }
}

export const compileInvitation = ({ invitation, rules = [], fallback }: Written): CompiledInvitation => {
  const own = new Map(
    [...rules, { key: 'fallback', ...fallback }].flatMap(({ key, invite }) => (invite ? [[key, invite]] : [])),
  )
  const usual = invitation?.default ?? 'never'
  const ways = invitation?.ways ?? INVITE_WAYS
  const inUse = [usual, ...own.values()].some((when) => when !== 'never')
  return {
    when: (rule) => (rule === null ? usual : (own.get(rule) ?? usual)),
    ways,
    inUse,
    forbidden: (rule) => rule !== null && own.get(rule) === 'never',
    paid: inUse && ways.includes('acquisition-link'),
    againDays: invitation?.againDays ?? 30,
    attributeDays: invitation?.attributeDays ?? 14,
    linkPrice: invitation?.linkPrice ?? null,
  }
}
