import { z } from 'zod'
import type { BacktestReport } from '../../routing/backtest/model.ts'
import { shadowedRules } from '../../routing/lint/shadowed.ts'
import type { Ruleset } from '../../routing/ruleset/schema.ts'
import { Time, time } from '../fields.ts'
import type { Period } from './past-conversations.ts'
import type { Mistake } from '../http/problem.ts'
import { Warnings } from './ruleset-warnings.ts'

const Count = z.int().min(0)
const userid = z.string().nullable().meta({ description: 'Null: nobody' })
const MoveAnswer = z.object({ from: userid, to: userid, conversations: Count })
const BothCounts = z.object({ recorded: z.number(), draft: z.number() })
const Outcomes = z.object({
  assigned: Count,
  offered: Count,
  queued: Count,
  'left-message': Count,
  bot: Count,
})
const seconds = z.number().nullable()
const Waits = z.object({
  atOnce: Count,
  waited: Count,
  nobody: Count.meta({ description: 'Never given to anybody' }),
  medianSeconds: seconds.meta({ description: 'From the first decision until somebody was given' }),
  p90Seconds: seconds,
})
const share = z.number().nullable()
const FirstReplies = z.object({ given: Count, inTime: z.number(), share })

export const BacktestAnswer = z
  .object({
    from: Time,
    to: Time,
    conversations: Count.meta({ description: 'Replayed' }),
    notReplayed: z.object({
      byHand: Count.meta({ description: "Given by an admin's word" }),
      rmGone: Count.meta({ description: 'Given to an RM who is no longer there' }),
    }),
    moved: Count.meta({ description: 'Would have been given to somebody else first' }),
    movedCertain: Count.meta({ description: 'Of these: to an RM who is recorded as free at that moment' }),
    ruleChanged: Count.meta({ description: 'Would have been caught by another rule' }),
    moves: z.array(MoveAnswer).meta({ description: 'The most frequent first, at most 200' }),
    rules: z
      .array(
        z.object({
          key: z.string(),
          name: z.string(),
          recorded: Count,
          draft: Count.meta({ description: 'How many conversations the rule catches' }),
          moved: Count,
          moves: z.array(MoveAnswer),
        }),
      )
      .meta({ description: 'Rules that catch or caught something, in the order of the draft, at most 500' }),
    rms: z
      .array(
        z.object({
          rm: z.string(),
          recorded: Count,
          draft: Count,
          lost: Count,
          gained: Count,
          capacity: z.number(),
          peak: BothCounts.meta({ description: 'The most in hand at once' }),
          breaches: BothCounts.meta({
            description: 'How often he would have been given more than he can have in hand',
          }),
        }),
      )
      .meta({ description: 'Those whom the draft changes most first, at most 500' }),
    capacityBreaches: BothCounts,
    outcomes: z.object({ recorded: Outcomes, draft: Outcomes }),
    waits: z.object({ recorded: Waits, draft: Waits.extend({ estimated: Count }) }),
    firstReply: z.object({
      targetSeconds: z.number().meta({ description: '`firstReply.reassign` of the draft' }),
      recorded: FirstReplies,
      draft: FirstReplies.extend({ expected: z.number(), unknown: Count }),
    }),
    unmatched: Count.meta({ description: 'Conversations that no rule catches: the fallback has them' }),
    neverMatched: z
      .array(z.string())
      .meta({ description: 'Keys of rules that catch nothing in the period, at most 500' }),
    shadowed: z.array(z.object({ rule: z.string(), by: z.string() })).meta({
      description: 'Rules that never come to their turn, whatever is asked',
    }),
    fidelity: z
      .object({ decisions: Count, repeated: Count })
      .meta({ description: 'How many recorded decisions the rules of then repeat in this replay' }),
    estimates: z.array(z.string()).meta({ description: '哪些是估算，怎样估算' }),
    warnings: Warnings,
  })
  .meta({ id: 'Backtest' })

type Around = { report: BacktestReport; ruleset: Ruleset; period: Period; warnings: Mistake[] }

export const backtestAnswer = ({ report, ruleset, period, warnings }: Around): z.input<typeof BacktestAnswer> => {
  const rules = ruleset.rules ?? []
  const active = report.rules.filter(({ draft, recorded }) => draft + recorded > 0)
  const breaches = (side: 'recorded' | 'draft') => report.rms.reduce((sum, one) => sum + one.breaches[side], 0)
  return {
    ...report,
    from: time(period.from),
    to: time(period.to),
    moves: report.moves.slice(0, 200),
    rules: active.slice(0, 500).map((rule) => ({ ...rule, moves: rule.moves.slice(0, 20) })),
    rms: report.rms.slice(0, 500),
    capacityBreaches: { recorded: breaches('recorded'), draft: breaches('draft') },
    neverMatched: report.neverMatched.slice(0, 500),
    shadowed: shadowedRules(rules)
      .slice(0, 500)
      .map(({ index, by }) => ({ rule: rules[index]?.key ?? '', by: rules[by]?.key ?? '' })),
    estimates: estimatesOf(report),
    warnings,
  }
}

const estimatesOf = ({ moved, movedCertain, waits, firstReply, fidelity }: BacktestReport): string[] => [
  '逐个会话按当时记录的时刻、客户信息、在岗与名额重新判断，到首次分到人为止；其后的提醒、改派和转接不重放，移动的会话也不再连带影响其他会话。',
  `当时没有列入考虑的客户经理，在岗情况取此前最近一次记录（没有则按现在是否上班、视为接待中），在手会话按记录的起止推算。移动的 ${moved} 个会话中，${movedCertain} 个的新客户经理当时确有记录可以接待。`,
  `等待时间：分到人的时刻有记录的为实际值；草案下 ${waits.draft.estimated} 个会话超出了记录，按各轮 stay 推算，假定其间人员状况不变。`,
  `首次回复：没有移动的取实际结果；移动的按新客户经理在本期的及时率估计（不足 5 次时取全体），共计入 ${firstReply.draft.expected} 次及时，另有 ${firstReply.draft.unknown} 个因数据太少不估计。`,
  '名额：移动的会话从分到新客户经理起、到实际结束时止计入他的在手数；超过名额的次数说明当时实际会转给下一位或排队。',
  fidelity.decisions === 0
    ? '当时的规则版本已不可用，无法核对重放与实际的一致程度。'
    : `用当时的规则重放，${fidelity.decisions} 次判断中有 ${fidelity.repeated} 次与实际完全一致；其余差异来自没有记录的情况，不计为移动。`,
]
