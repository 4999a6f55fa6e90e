import type { Errand } from '../../outbox/effects.ts'
import type { Decision } from '../../routing/model.ts'
import type { Replayed } from './replay.ts'

/** What came of a replay, for the person who writes the handler. */
export const replayedText = ({ arrival, effects, changes }: Replayed): string => {
  const { conversation, touchpoints, errands, timers } = changes
  return [
    `${arrival.kind}  ${arrival.msgid}  ${arrival.at.toISOString()}`,
    effects ? `handlers/${arrival.kind}.ts 给出 ${effects.length} 个效果` : '没有处理它的 handler，只记账',
    ...(effects ?? []).map((effect, index) => `  ${index + 1}. ${effectText(effect)}`),
    ...line(
      '会话',
      conversation && [
        `${conversation.status}${conversation.rm ? ` → ${conversation.rm}` : ''}${conversation.rule ? `（规则 ${conversation.rule}）` : ''}`,
      ],
    ),
    ...line(
      '触点',
      touchpoints.map(({ kind }) => kind),
    ),
    ...line('外发', errands.flatMap(errandNames)),
    ...line(
      '定时',
      timers.map(({ kind, dueAt }) => `${kind} ${dueAt.toISOString()}`),
    ),
    '以上没有保存，也没有发送。',
  ].join('\n')
}

const line = (title: string, words: readonly string[] | null): string[] =>
  words && words.length > 0 ? [`${title}：${words.join('，')}`] : []

const errandNames = (errand: Errand): string[] => [
  errand.kind,
  ...(errand.then ?? []).flatMap(errandNames).map((kind) => `之后 ${kind}`),
]

/** A decision is long; what was decided and by which steps is enough here, `npm run explain` has the rest. */
const effectText = ({ effect, ...rest }: { effect: string }): string => {
  const short = (name: string, value: unknown): unknown =>
    name === 'decision' ? shortDecision(value as Decision) : value
  return `${effect} ${JSON.stringify(rest, short)}`
}

const shortDecision = ({ outcome, rule, rm, waitingReason, steps }: Decision) => ({
  outcome,
  rule,
  rm,
  ...(waitingReason && { waitingReason }),
  steps: steps.map(({ to, result }) => `${to}：${result}`),
})
