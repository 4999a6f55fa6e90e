import { isOutcome, type TaskOutcome } from '../../tasks/task.ts'

const signs: [TaskOutcome, RegExp][] = [
  ['won', /成交|办成|签约|已开户/],
  ['declined', /无意向|没意向|不需要|不考虑|拒绝/],
  ['unreachable', /无法联系|联系不上|未接|没接|不接|打不通|关机/],
  ['appointed', /约定|预约|约了|改天|再联系|下次/],
]

/** How it ended, read from an RM's own words; he has at least got in touch when they say nothing else. */
export const outcomeIn = (words: string): TaskOutcome =>
  isOutcome(words) ? words : (signs.find(([, sign]) => sign.test(words))?.[0] ?? 'contacted')
