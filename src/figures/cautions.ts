import type { Comparison } from './comparison.ts'

type Found = Omit<Comparison, 'warnings'>

const few = { customers: 100, conversions: 10 }
const percent = (part: number, of: number): string => `${of === 0 ? 0 : Math.round((part / of) * 100)}%`

/** What somebody must know before he quotes the difference: plain sentences, the gravest first. */
export const cautions = (found: Found): string[] =>
  [nothing, small, rare, overlap, later, young, unclear].flatMap((caution) => caution(found) ?? []).concat(always)

const always =
  '这是观察性对比，不是随机试验：两组客户在未记录的方面（如意愿、收入）可能不同，差异不等于客户经理带来的增量。'

const nothing = ({ difference }: Found): string | null =>
  difference ? null : '没有可比的客户：所选时间内没有同时含已连接与未连接客户的分组，无法给出差异。'

const small = ({ difference, connected, unconnected }: Found): string | null =>
  difference && Math.min(connected.matched, unconnected.matched) < few.customers
    ? `样本太小：可比的已连接客户 ${connected.matched} 位、未连接客户 ${unconnected.matched} 位，任一组不足 ${few.customers} 位时结论不可靠。`
    : null

const rare = ({ difference, connected, unconnected }: Found): string | null =>
  difference && Math.min(connected.converted, unconnected.converted) < few.conversions
    ? `成交太少：已连接客户 ${connected.converted} 笔、未连接客户 ${unconnected.converted} 笔，任一组不足 ${few.conversions} 笔时区间只是近似。`
    : null

const overlap = ({ difference, connected }: Found): string | null =>
  difference && connected.matched < 0.8 * connected.n
    ? `重合不足：只有 ${percent(connected.matched, connected.n)} 的已连接客户找得到同类的未连接客户，结论只适用于这部分客户。`
    : null

const later = ({ unconnected }: Found): string | null =>
  unconnected.connectedLater > 0.1 * unconnected.n
    ? `对照组中有 ${percent(unconnected.connectedLater, unconnected.n)} 的客户在观察期内也添加了客户经理，差异会被低估。`
    : null

const young = ({ weeks, weeksTooYoung, horizonDays }: Found): string | null =>
  weeksTooYoung > 0
    ? `观察不足：最近 ${weeksTooYoung} 周的客户还没有观察满 ${horizonDays} 天，未计入${weeks.length === 0 ? '，暂无完整的一周' : ''}。`
    : null

const unclear = ({ difference }: Found): string | null =>
  difference && difference.low <= 0 && difference.high >= 0
    ? '差异的 95% 区间包含 0：现有数据不能说明两组有差别。'
    : null
