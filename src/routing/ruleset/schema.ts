import { z } from 'zod'
import { Calendar } from '../calendar/calendar-schema.ts'
import { Condition } from '../conditions/condition-schema.ts'
import { DueText, DurationText } from '../calendar/durations.ts'
import { Invitation, InviteWhen } from './invitation.ts'
import { Branch, Key, Name, RmId, Word } from './names.ts'

export const Members = z
  .strictObject({
    skills: z.record(Key, z.int().min(1).max(5)).optional().describe('技能: 最低等级 1-5'),
    branch: Branch.optional().describe('机构："shanghai" 只含本级，"shanghai/*" 含下属'),
    lines: z.array(Word).max(100).optional().describe('业务条线，须全部具备'),
    licences: z.array(Word).max(100).optional().describe('资格代码，须全部在有效期内'),
    rms: z.array(RmId).max(5_000).optional().describe('只限这些人'),
  })
  .meta({ id: 'Members', description: '写出的条件须同时满足；{} 表示所有人' })
export type Members = z.infer<typeof Members>

const ExceedFor = z.string().regex(/^priority>=\d{1,4}$/, '写作 "priority>=60"')
export const STRATEGIES = ['round-robin', 'least-loaded', 'longest-idle', 'weighted', 'best-skill'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const Pool = z
  .strictObject({
    name: Name,
    members: Members,
    strategy: z.enum(STRATEGIES).optional().describe('选人办法，默认 least-loaded'),
    calendar: Key.optional().describe('营业日历；不写则全天开放'),
    handover: z
      .enum(['assign', 'offer', 'relay'])
      .optional()
      .describe(
        'assign 直接转接；offer 先征询；relay 成员不是该客服账号的接待人员时，由机器人中转双方的话。默认 assign',
      ),
    sla: DurationText.optional().describe('首次响应目标，临近时排队提前'),
    exceedFor: ExceedFor.optional().describe('优先级达到时，满员者可多接一位'),
  })
  .meta({ id: 'Pool' })
export type Pool = z.infer<typeof Pool>

const Target = z
  .string()
  .regex(
    /^(owner|deputy|last|firm-lead|rm:[0-9A-Za-z_\-@.]{1,64}|pool:[0-9A-Za-z][0-9A-Za-z._-]{0,63})$/,
    '写作 owner、deputy、last、firm-lead、rm:成员账号 或 pool:专席',
  )
  .meta({ id: 'Target' })
const Relax = z.string().regex(/^(skills(\.[0-9A-Za-z][0-9A-Za-z._-]{0,63})?|branch(\/\*)?|lines(\..{1,200})?)$/u, {
  error: '写作 skills、skills.名称、branch（不限机构）、branch/*（放宽到同一地区）、lines 或 lines.名称；资格不能放宽',
})

export const Step = z
  .strictObject({
    to: Target.describe('找谁'),
    stay: DurationText.optional().describe('本轮最多等多久；不写则不等'),
    skipIf: z.literal('nobody-available').optional().describe('此刻无人可接就不等，直接下一轮'),
    licences: z.array(Word).max(100).optional().describe('接待人须持有的资格，专席自己的要求之外另加'),
    relax: z.array(Relax).max(20).optional().describe('离开本轮后，后面各轮专席不再要求这些'),
  })
  .meta({ id: 'Step' })
export type Step = z.infer<typeof Step>

const Work = Word.refine((word) => word !== 'task', 'task 指待办，不能用作会话的 work，请换一个名字').describe(
  '工作种类，如 complaint 或 投诉；客户经理可按种类设上限（profile）',
)
const Ageing = z.number().min(0.1, '至少 0.1，否则会一直排不到').max(10).describe('排队每等一分钟算几分钟，默认 1')
const ReplyTimes = {
  remind: DurationText,
  reassign: DurationText,
}
export const FollowUp = z
  .strictObject({ after: DueText, title: z.string().trim().min(1, '不能为空').max(60, '最多 60 个字') })
  .meta({ id: 'FollowUp', description: '会话结束或客户留言后，过 after 提醒客户经理做 title' })

const Otherwise = z.enum(['leave-message', 'queue', 'bot'])
const Units = z.number().min(0, '不能为负').max(100)
const routed = {
  work: Work.optional(),
  ageing: Ageing.optional(),
  sla: DurationText.optional().describe('首次响应目标，优先于专席的 sla'),
  firstReply: z.strictObject(ReplyTimes).optional().describe('只对这条规则的首次回复要求；不写则用全局的'),
  steps: z.array(Step).max(16, '最多 16 轮').describe('逐轮扩大，可为空'),
  otherwise: Otherwise.describe('都没有人时：留言、一直排队、交给机器人'),
  followUp: FollowUp.optional().describe('会话结束或客户留言后的跟进待办'),
}

export const Rule = z
  .strictObject({
    key: Key.refine((key) => key !== 'fallback', 'fallback 是兜底规则的名字，换一个'),
    name: Name,
    when: Condition,
    priority: z.number().min(0).max(10_000).optional().describe('排队时提前的分钟数，默认 0'),
    units: Units.optional().describe('占用几个接待名额；不写则用会话自己的（默认 1）'),
    exceedFor: z.array(Target).max(16).optional().describe('这些对象即使满员也可多接一位'),
    canary: z
      .strictObject({ branch: Branch.optional(), percent: z.number().min(0).max(100) })
      .optional()
      .describe('先对一部分会话（可限机构）生效'),
    invite: InviteWhen.optional().describe('何时邀请客户添加客户经理；不写则按 invitation.default'),
    ...routed,
  })
  .meta({ id: 'Rule' })
export type Rule = z.infer<typeof Rule>

const Fallback = z
  .strictObject({
    name: Name.optional(),
    priority: z.number().min(0).max(10_000).optional(),
    units: Units.optional(),
    invite: InviteWhen.optional(),
    ...routed,
  })
  .meta({ id: 'Fallback' })

/**
 * The rule set as people write it (YAML) and as programs send it (JSON): one shape, nothing rewritten, so what was put is
 * what is read back. Absent optional keys have the defaults that their descriptions name; `compile` applies them.
 */
export const Ruleset = z
  .strictObject({
    calendars: z.record(Key, Calendar).optional(),
    opening: Key.optional().describe('time.open 看哪个日历；不写则任一日历营业即为 true'),
    pools: z.record(Key, Pool).optional(),
    rules: z.array(Rule).max(20_000, '最多 20000 条规则').optional().describe('自上而下，第一条符合的生效'),
    fallback: Fallback,
    firstReply: z
      .strictObject({
        ...ReplyTimes,
        pauseAfter: z.int().min(1).max(100).optional().describe('连续几次未及时应答后暂停给他分配；默认 3'),
      })
      .optional()
      .describe('转接后多久未回复则提醒、改派；默认 60s、180s'),
    doNotRoute: z.array(RmId).max(5_000).optional().describe('任何规则都不会转接给这些人'),
    invitation: Invitation.optional(),
    stickiness: z
      .strictObject({ days: z.int().min(1).max(3_650) })
      .optional()
      .describe('last 只认最近几天内接待过的人'),
    fairness: z
      .strictObject({ window: DurationText, max: z.int().min(1).max(10_000) })
      .optional()
      .describe('window 时间内已接满 max 位的人排到后面'),
  })
  .meta({ id: 'Ruleset' })
export type Ruleset = z.infer<typeof Ruleset>
