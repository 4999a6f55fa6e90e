/** Which part of the bank and of its traffic is looked at; dates are business days, `to` is not in it any more. */
export type Slice = {
  from: string
  to: string
  channel?: string | undefined
  campaign?: string | undefined
  /** This branch and those below it. */
  branch?: string | undefined
  rm?: string | undefined
  /** What the asker may see at all. */
  scope: { branch: string | null; rm: string | null }
}
export const dimensions = ['channel', 'campaign', 'branch', 'rm', 'week'] as const
export type Dimension = (typeof dimensions)[number]

/** A condition on the columns that all counted tables share; its values follow those that the query has already. */
export const within = (slice: Slice, values: unknown[]): string => {
  const parts = [...equal(slice, values), ...below([slice.branch, slice.scope.branch], values)]
  return parts.length > 0 ? parts.join(' and ') : 'true'
}

/** The same with the days, for tables that have one. */
export const during = (slice: Slice, values: unknown[]): string => {
  const days = `day >= ${put(values, slice.from)}::date and day < ${put(values, slice.to)}::date`
  return `${days} and ${within(slice, values)}`
}

const equal = ({ channel, campaign, rm, scope }: Slice, values: unknown[]): string[] => {
  const asked: [string, string | null | undefined][] = [
    ['channel', channel],
    ['campaign', campaign],
    ['rm', rm],
    ['rm', scope.rm],
  ]
  return asked.flatMap(([column, value]) => (value == null ? [] : [`${column} = ${put(values, value)}`]))
}

const below = (branches: readonly (string | null | undefined)[], values: unknown[]): string[] =>
  branches.flatMap((branch) => {
    if (branch == null) return []
    const [own, under] = [put(values, branch), put(values, `${branch}/`)]
    return [`(branch = ${own} or starts_with(branch, ${under}))`]
  })

export const put = (values: unknown[], value: unknown): string => `$${values.push(value)}`

/** The column to group by, as text; without one, everything is one group. */
export const keyOf = (by: Dimension | undefined): string => {
  if (by === undefined) return 'null::text'
  return by === 'week' ? 'week::text' : by
}

/** The key of what holds for all groups together, beside those of the groups, one of which may be null. */
export const whole = Symbol('whole')
