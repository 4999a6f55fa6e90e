import type { Dimension, Slice } from '../../src/figures/slice.ts'
import { definitions as d } from './random-ledger.ts'

/**
 * Every figure once more, straight from its definition in docs/decisions: whole scans over all lines for each question, nothing
 * kept, nothing shared with the counting but the definitions.
 */
export type Row = {
  id: string
  at: Date
  kind: string
  customer_id: string | null
  channel: string | null
  rm: string | null
  data: Record<string, unknown>
}
const dayMs = 86_400_000
const hourMs = 3_600_000

export const dayOf = (at: Date): string => new Date(at.getTime() + 8 * hourMs).toISOString().slice(0, 10)
export const weekOf = (at: Date): string => {
  const local = new Date(at.getTime() + 8 * hourMs)
  const back = (local.getUTCDay() + 6) % 7
  return new Date(local.getTime() - back * dayMs).toISOString().slice(0, 10)
}
const begins = (date: string): number => Date.parse(`${date}T00:00:00+08:00`)
const plus = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const source = (row: Row) => ({
  channel: row.channel ?? text(row.data['channel']),
  campaign: text(row.data['campaign']) ?? text((row.data['entry'] as { campaign?: unknown } | undefined)?.campaign),
})
const half = (row: Row) => row.kind === 'contact.added' && row.data['half'] === true
const added = (row: Row) => row.rm !== null && /^contact.(added|confirmed)$/.test(row.kind) && !half(row)
const isValue = (row: Row) => d.valueEvents.includes(row.kind)

export const bruteForce = (all: readonly Row[]) => {
  const sorted = all.toSorted((a, b) => a.at.getTime() - b.at.getTime() || Number(a.id) - Number(b.id))
  const undone = new Set(all.filter(({ kind }) => kind === 'identity.undone').map(({ data }) => data['claimId']))
  const merges = all.filter(
    ({ kind, data }) =>
      kind === 'identity.joined' && data['otherCustomerId'] !== undefined && !undone.has(data['claimId']),
  )
  const absorbed = new Set(merges.map(({ data }) => data['otherCustomerId']))

  const together = (customer: string): Set<string> => {
    const group = new Set([customer])
    for (let before = 0; before !== group.size;) {
      before = group.size
      for (const { customer_id, data } of merges) {
        const pair = [customer_id as string, data['otherCustomerId'] as string]
        if (pair.some((one) => group.has(one))) for (const one of pair) group.add(one)
      }
    }
    return group
  }
  const nameOf = (group: Set<string>): string => {
    const byNumber = [...group].toSorted((a, b) => Number(a) - Number(b))
    return (byNumber.find((one) => !absorbed.has(one)) ?? byNumber[0]) as string
  }
  const counted = (row: Row) => !/^(message\.sent|identity\.undone|rm\.placed)$/.test(row.kind)
  const people = new Map<string, Row[]>()
  for (const customer of new Set(all.flatMap(({ customer_id }) => customer_id ?? []))) {
    const group = together(customer)
    const rows = sorted.filter((row) => row.customer_id !== null && group.has(row.customer_id) && counted(row))
    if (rows.length > 0) people.set(nameOf(group), rows)
  }

  const branch = (rm: string | null, at: Date): string | null => {
    const places = sorted.filter(({ kind, data }) => kind === 'rm.placed' && data['rm'] === rm)
    const place =
      places.findLast((one) => one.at <= at) ?? places.findLast((one) => one.at.getTime() === places[0]?.at.getTime())
    return (place?.data['branch'] as string | undefined) ?? null
  }
  const entryBefore = (rows: readonly Row[], at: Date) =>
    rows.filter(
      ({ kind, at: then }) => kind === 'entry.opened' && then.getTime() >= at.getTime() - d.lookbackDays * dayMs,
    )
  return { people, branch, entryBefore, undone }
}
type Ground = ReturnType<typeof bruteForce>

/** What is asked for. */
export type Span = Pick<Slice, 'from' | 'to'> & Partial<Slice>
type Keyed = { channel: string | null; campaign: string | null; branch: string | null; rm: string | null; at: Date }
const keyOf = (by: Dimension | undefined, one: Keyed): string | null => {
  if (by === undefined) return null
  return by === 'week' ? weekOf(one.at) : one[by]
}
const inSpan = ({ from, to }: Span, at: Date) => dayOf(at) >= from && dayOf(at) < to
const isAsked = (span: Span, one: Keyed): boolean => {
  const { channel = one.channel, campaign = one.campaign, rm = one.rm, scope } = span
  const is = channel === one.channel && campaign === one.campaign && rm === one.rm && (scope?.rm ?? rm) === one.rm
  const below = [span.branch, scope?.branch].every((top) => top == null || `${one.branch}/`.startsWith(`${top}/`))
  return is && below && inSpan(span, one.at)
}
const byKey = <T>(list: readonly T[], read: (one: T) => string | null): [string | null, T[]][] =>
  [...new Set(list.map(read))]
    .toSorted((a, b) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
    .map((key) => [key, list.filter((one) => read(one) === key)])

const stageOf = (row: Row): number => {
  if (row.kind.startsWith('app.')) return isValue(row) ? 6 : 0
  if (added(row)) return 5
  return ['', 'entry.opened', '', 'message.replied', 'contact.invited'].indexOf(row.kind) > 0
    ? ['', 'entry.opened', '', 'message.replied', 'contact.invited'].indexOf(row.kind)
    : ['message.received', 'conversation.routed', 'conversation.queued'].includes(row.kind)
      ? 2
      : -1
}

type Step = { row: Row; stage: number }
/** Cuts the steps of a person into journeys: each as the list of steps that moved it on. */
const journeys = (steps: readonly Step[]): Step[][] => {
  const first = steps.findIndex(({ stage }) => [0, 1, 2, 5].includes(stage))
  if (first < 0) return []
  const own: Step[] = [steps[first] as Step]
  for (let index = first + 1; index < steps.length; index += 1) {
    const step = steps[index] as Step
    const last = own.at(-1) as Step
    const late = step.row.at.getTime() - last.row.at.getTime() > d.windowDays * dayMs
    const onlyFirst = own.every(({ stage }) => stage === step.stage)
    const anotherWeek = onlyFirst && weekOf(step.row.at) !== weekOf((own[0] as Step).row.at)
    if (late || anotherWeek) return [own, ...journeys(steps.slice(index))]
    if (step.stage < last.stage || (step.stage === 6 && last.stage !== 5)) continue
    own.push(step)
    if (step.stage === 6) return [own, ...journeys(steps.slice(index + 1))]
  }
  return [own]
}

export const funnel = (ground: Ground, span: Span, by: Dimension | undefined) => {
  const all = [...ground.people].flatMap(([person, rows]) =>
    journeys(rows.map((row) => ({ row, stage: stageOf(row) })).filter(({ stage }) => stage >= 0)).map((steps) => {
      const firsts = steps.filter((step, index) => steps.findIndex(({ stage }) => stage === step.stage) === index)
      const says = (step: Step) => Object.values(source(step.row)).some((value) => value !== null)
      const from = firsts.find((step) => step.stage === 1 && says(step)) ?? firsts.find(says)
      const served = steps.findLast(({ row, stage }) => row.rm !== null && stage !== 6)
      const reached = steps.map(({ stage }) => stage)
      const at = (steps[0] as Step).row.at
      return {
        person,
        at,
        reached: new Set(reached),
        ...(from ? source(from.row) : { channel: null, campaign: null }),
        rm: served?.row.rm ?? null,
        branch: served ? ground.branch(served.row.rm, served.row.at) : null,
      }
    }),
  )
  const chosen = all.filter((one) => isAsked(span, one))
  return byKey(chosen, (one) => keyOf(by, one)).map(([key, list]) => ({
    key,
    stages: [0, 1, 2, 3, 4, 5, 6].map((stage) => ({
      persons: new Set(list.filter(({ reached }) => reached.has(stage)).map(({ person }) => person)).size,
      fromPrevious: new Set(
        list.filter(({ reached }) => reached.has(stage) && reached.has(stage - 1)).map(({ person }) => person),
      ).size,
    })),
  }))
}

export const attribution = (ground: Ground, span: Span, { goal, by }: { goal: string; by: Dimension }) => {
  const reaches = (row: Row) => (goal === 'contact' ? added(row) : goal === 'value' ? isValue(row) : row.kind === goal)
  const conversions = [...ground.people].flatMap(([person, rows]) => {
    const index = rows.findIndex(reaches)
    const row = rows[index]
    if (!row || !inSpan(span, row.at)) return []
    const before = rows.slice(0, index + 1)
    const rm = before.findLast(added)?.rm ?? null
    const touches = ground.entryBefore(before, row.at).map(source)
    return [{ person, at: row.at, rm, branch: ground.branch(rm, row.at), touches }]
  })
  const all = conversions.flatMap(({ touches, ...one }) =>
    (touches.length > 0 ? touches : [{ channel: null, campaign: null }]).map((touch, index, { length }) => ({
      ...one,
      ...touch,
      untouched: touches.length === 0,
      first: index === 0 ? 1 : 0,
      last: index === length - 1 ? 1 : 0,
      linear: 1 / length,
    })),
  )
  const credits = all.filter((one) => isAsked(span, one))
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0)
  return {
    conversions: new Set(credits.map(({ person }) => person)).size,
    untouched: credits.filter(({ untouched }) => untouched).length,
    rows: byKey(credits, (one) => keyOf(by, one)).map(([key, list]) => ({
      key,
      conversions: new Set(list.map(({ person }) => person)).size,
      first: sum(list.map(({ first }) => first)),
      last: sum(list.map(({ last }) => last)),
      linear: sum(list.map(({ linear }) => linear)),
    })),
  }
}

const adds = (ground: Ground) =>
  [...ground.people].flatMap(([person, rows]) =>
    rows.flatMap((row, index) => {
      if (!added(row)) return []
      const rm = row.rm as string
      const near = (one: Row) => Math.abs(one.at.getTime() - row.at.getTime()) <= d.keptDays * dayMs
      const before = rows.slice(0, index).findLast((one) => half(one) && one.rm === rm)
      const met = row.kind === 'contact.confirmed' && before ? before : row
      const own = source(met)
      const entry = ground.entryBefore(rows.slice(0, index), row.at).at(-1)
      const next = rows.slice(index + 1).find((one) => one.rm === rm && (added(one) || one.kind === 'contact.lost'))
      return [
        {
          person,
          rm,
          at: row.at,
          branch: ground.branch(rm, row.at),
          ...(own.channel === null && own.campaign === null && entry ? source(entry) : own),
          first: met.data['first'] !== false && !rows.slice(0, index).some((one) => added(one) && one.rm === rm),
          client: isClient(ground, rows),
          spoke: rows.some(
            (one) =>
              near(one) &&
              (one.kind === 'message.received' ||
                (one.rm === rm && ['message.replied', 'contact.chatted'].includes(one.kind))),
          ),
          lost: next?.kind === 'contact.lost' ? next.at : null,
        },
      ]
    }),
  )

const isClient = (ground: Ground, rows: readonly Row[]): boolean =>
  [...new Set(rows.map(({ customer_id }) => customer_id))].some(
    (id) =>
      rows.findLast((row) => row.customer_id === id && row.kind === 'customer.described')?.data['client'] === true,
  ) ||
  rows.some(
    ({ kind, data }) => kind === 'identity.joined' && data['by'] === 'client_no' && !ground.undone.has(data['claimId']),
  )

export const connections = (ground: Ground, { now, by, ...span }: Span & { now: Date; by: Dimension | undefined }) => {
  const chosen = adds(ground).filter((one) => isAsked(span, one))
  return byKey(chosen, (one) => keyOf(by, one)).map(([key, list]) => {
    const end = (one: (typeof list)[number]) => one.at.getTime() + d.keptDays * dayMs
    const whole = (one: (typeof list)[number]) => one.lost === null || one.lost.getTime() >= end(one)
    const kept = list.filter((one) => whole(one) && now.getTime() >= end(one))
    return {
      key,
      raw: list.length,
      first: list.filter(({ first }) => first).length,
      client: list.filter(({ client }) => client).length,
      kept: kept.length,
      pending: list.filter((one) => whole(one) && now.getTime() < end(one)).length,
      spoke: list.filter(({ spoke }) => spoke).length,
      effective: kept.filter(({ first, client, spoke }) => first && client && spoke).length,
      quickLosses: list.filter((one) => one.lost && one.lost.getTime() < one.at.getTime() + d.quickLossHours * hourMs)
        .length,
      persons: new Set(list.map(({ person }) => person)).size,
    }
  })
}

export const flags = (ground: Ground, span: Span) => {
  const chosen = adds(ground).filter(({ at }) => inSpan(span, at))
  const many = byKey(chosen, ({ person }) => person).map(([customerId, list]) => ({
    customerId,
    managers: new Set(list.map(({ rm }) => rm)).size,
  }))
  const hours = chosen.map((one) => ({
    rm: one.rm,
    day: dayOf(one.at),
    adds: chosen.filter(({ rm, at }) => rm === one.rm && at <= one.at && at.getTime() >= one.at.getTime() - hourMs)
      .length,
  }))
  return {
    many: many.filter(({ managers }) => managers >= d.manyManagers),
    bursts: byKey(hours, ({ rm, day }) => `${rm} ${day}`)
      .map(([place, list]) => `${place} ${Math.max(...list.map((hour) => hour.adds))}`)
      .filter((line) => Number(line.split(' ')[2]) >= d.burstAdds),
  }
}

/** The week of everybody who might be compared is drawn by the same rule, written with whole numbers. */
const draw = (person: string): bigint => ((BigInt(person) % 2_147_483_648n) * 2_654_435_761n) % 4_294_967_296n

export const comparison = (
  ground: Ground,
  { weeks, value }: { weeks: readonly string[]; value: readonly string[] },
) => {
  const known = [...ground.people].map(([person, rows]) => {
    const since = [
      dayOf((rows[0] as Row).at),
      ...rows.flatMap(({ data }) =>
        /^\d{4}-\d\d-\d\d$/.test(String(data['clientSince'])) ? String(data['clientSince']) : [],
      ),
    ].toSorted()[0] as string
    return {
      person,
      rows,
      since,
      joined: rows.find(added)?.at ?? null,
      bought: rows.find(({ kind }) => value.includes(kind))?.at ?? null,
    }
  })
  const weekJoined = (at: Date | null) => weeks.find((week) => at && weekOf(at) === week) ?? null
  const connected = known.flatMap((one) => {
    const week = weekJoined(one.joined)
    return week ? [{ ...one, week, connected: true }] : []
  })
  const ordered = connected.map(({ week }) => week).toSorted()
  const unconnected = known.flatMap((one) => {
    const week = ordered[Number((draw(one.person) * BigInt(ordered.length)) / 4_294_967_296n)]
    if (week === undefined) return []
    const end = begins(plus(week, 7))
    const eligible = (one.rows[0] as Row).at.getTime() < end && (one.joined === null || one.joined.getTime() >= end)
    return eligible ? [{ ...one, week, connected: false }] : []
  })
  const watched = [...connected, ...unconnected].filter(
    ({ bought, week }) => bought === null || bought.getTime() >= begins(plus(week, 7)),
  )
  const band = (edges: readonly number[], size: number) => edges.filter((edge) => size >= edge).length
  const described = watched.map((one) => {
    const start = begins(one.week)
    const touches = one.rows.filter(
      (row) =>
        stageOf(row) === 0 &&
        row.at.getTime() < start &&
        row.at.getTime() >= begins(plus(one.week, -7 * d.activityWeeks)),
    ).length
    const segment = one.rows.findLast(
      ({ kind, at, data }) =>
        (kind.startsWith('app.') || kind === 'customer.described') &&
        at.getTime() < start &&
        text(data['segment']) !== null,
    )?.data['segment']
    const days = Math.max(0, (Date.parse(one.week) - Date.parse(one.since)) / dayMs)
    return {
      ...one,
      cell: `${(segment as string | undefined) ?? 'person'} ${band(d.tenureDays, days)} ${band(d.activityTouches, touches)}`,
      converted: one.bought !== null && one.bought.getTime() < begins(plus(one.week, 7 + d.horizonDays)),
    }
  })
  const arm = (list: typeof described, side: boolean) => {
    const own = list.filter((one) => one.connected === side)
    return { n: own.length, converted: own.filter(({ converted }) => converted).length }
  }
  return byKey(described, ({ cell }) => cell).map(([cell, list]) => ({
    cell,
    connected: arm(list, true),
    unconnected: arm(list, false),
  }))
}
