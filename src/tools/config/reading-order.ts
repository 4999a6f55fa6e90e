/** The order in which people write the parts; the database keeps none. Others follow in the order that they have. */
const order = [
  ...[
    'calendars',
    'opening',
    'pools',
    'rules',
    'fallback',
    'firstReply',
    'invitation',
    'stickiness',
    'fairness',
    'doNotRoute',
  ],
  ...['key', 'name', 'members', 'strategy', 'calendar', 'handover', 'sla', 'hours', 'holidays', 'zone', 'kind'],
  ...['when', 'all', 'any', 'not', 'fact', 'is', 'in', 'exists', 'contains', 'matches', 'gte', 'lte', 'within'],
  ...['skills', 'branch', 'lines', 'licences', 'rms', 'priority', 'ageing', 'units', 'work', 'exceedFor', 'invite'],
  ...['canary', 'percent', 'steps', 'to', 'stay', 'skipIf', 'relax', 'otherwise', 'remind', 'reassign', 'pauseAfter'],
  ...['default', 'ways', 'againDays', 'attributeDays', 'window', 'max'],
]
const places = new Map(order.map((key, place) => [key, place]))
const placeOf = (key: string): number => places.get(key) ?? order.length

/** The same value with its keys in the order in which a person would write them. */
export const inReadingOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inReadingOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => placeOf(a) - placeOf(b))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inReadingOrder(inner)]))
}
