import type { Selectable } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/**
 * - **active**: the one that decides now. **retired**: was active before.
 * - **waiting-approval**: somebody other than its author has to approve it. **scheduled**: becomes active at its time.
 * - **draft**: stored, and neither of these: it was taken back.
 */
export const versionStates = ['draft', 'waiting-approval', 'scheduled', 'active', 'retired'] as const
export type VersionState = (typeof versionStates)[number]

/** A version of the rules without the rules themselves. */
export type RulesetVersion = {
  version: number
  state: VersionState
  origin: string
  author: string
  note: string | null
  createdAt: Date
  needsApproval: boolean
  approvedBy: string | null
  approvedAt: Date | null
  activateAt: Date | null
  activatedAt: Date | null
  activatedBy: string | null
}

export const versionColumns = [
  'version',
  'origin',
  'author',
  'note',
  'created_at',
  'active',
  'needs_approval',
  'approved_by',
  'approved_at',
  'activate_at',
  'activated_at',
  'activated_by',
  'withdrawn_by',
] as const
type Row = Pick<Selectable<Tables['rulesets']>, (typeof versionColumns)[number]>

export const versionOf = (row: Row): RulesetVersion => ({
  version: row.version,
  state: stateOf(row),
  origin: row.origin,
  author: row.author,
  note: row.note,
  createdAt: row.created_at,
  needsApproval: row.needs_approval,
  approvedBy: row.approved_by,
  approvedAt: row.approved_at,
  activateAt: row.activate_at,
  activatedAt: row.activated_at,
  activatedBy: row.activated_by,
})

const stateOf = (row: Row): VersionState => {
  if (row.active) return 'active'
  if (row.activated_at) return 'retired'
  if (row.withdrawn_by) return 'draft'
  if (row.needs_approval && !row.approved_by) return 'waiting-approval'
  return row.activate_at ? 'scheduled' : 'draft'
}
