/** A line of the ledger as far as figures need it. `data` is what was written with it; of messages it is left out. */
export type Line = {
  id: string
  at: Date
  kind: string
  customerId: string
  channel: string | null
  rm: string | null
  data: Readonly<Record<string, unknown>> | null
}

/** The steps of the funnel, in their order; a stage's bit is its place here. */
export const stages = ['touch', 'entry', 'conversation', 'reply', 'invitation', 'contact', 'value'] as const
export type Stage = (typeof stages)[number]

const kinds: Readonly<Record<string, Stage>> = {
  'entry.opened': 'entry',
  'message.received': 'conversation',
  'conversation.routed': 'conversation',
  'conversation.queued': 'conversation',
  'message.replied': 'reply',
  'contact.invited': 'invitation',
  'contact.added': 'contact',
  'contact.confirmed': 'contact',
}

/** Which step of the funnel a line is; null for those that are none. An add that the RM has not confirmed is none yet. */
export const stageOf = (line: Line, valueEvents: readonly string[]): Stage | null => {
  if (line.kind.startsWith('app.')) return valueEvents.includes(line.kind) ? 'value' : 'touch'
  if (kinds[line.kind] === 'contact' && !isAdd(line)) return null
  return kinds[line.kind] ?? null
}

const isHalf = ({ kind, data }: Line): boolean => kind === 'contact.added' && data?.['half'] === true

/** A whole add: at once, or when the RM confirms whoever has half added him. */
export const isAdd = (line: Line): boolean =>
  line.rm !== null && (line.kind === 'contact.confirmed' || (line.kind === 'contact.added' && !isHalf(line)))

/** The line that says how the two met: of a confirmation, the half add before it. `lines` end with the add. */
export const meetingOf = (lines: readonly Line[]): Line => {
  const add = lines.at(-1) as Line
  if (add.kind !== 'contact.confirmed') return add
  return lines.findLast((line) => line.rm === add.rm && isHalf(line)) ?? add
}

export const textIn = (line: Line, name: string): string | null => {
  const value = line.data?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** An add names the entry that it came from. */
const entryCampaign = ({ data }: Line): string | null => {
  const entry = data?.['entry'] as { campaign?: unknown } | null | undefined
  return typeof entry?.campaign === 'string' ? entry.campaign : null
}

/** Where a line says that the person came from. */
export const sourceOf = (line: Line): { channel: string | null; campaign: string | null } => ({
  channel: line.channel ?? textIn(line, 'channel'),
  campaign: textIn(line, 'campaign') ?? entryCampaign(line),
})
