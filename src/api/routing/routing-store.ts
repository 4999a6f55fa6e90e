import { sql } from 'kysely'
import type { Db } from '../../store/open.ts'
import { readSettings } from './routing-settings.ts'
import { versionColumns, versionOf, type RulesetVersion } from './ruleset-version.ts'

export const activeRuleset = async (db: Db): Promise<{ version: number; ruleset: unknown } | null> => {
  const row = await db
    .selectFrom('rulesets')
    .select(['version', 'ruleset'])
    .where('active', '=', true)
    .executeTakeFirst()
  return row ?? null
}

/** The newest first, before the given version. */
export const listVersions = async (
  db: Db,
  { before, limit }: { before: number | null; limit: number },
): Promise<RulesetVersion[]> => {
  let query = db.selectFrom('rulesets').select(versionColumns).orderBy('version', 'desc').limit(limit)
  if (before !== null) query = query.where('version', '<', before)
  return (await query.execute()).map(versionOf)
}

/** One version with its rule set as it was put; null when there is none. */
export const getVersion = async (
  db: Db,
  version: number,
): Promise<{ version: RulesetVersion; ruleset: unknown } | null> => {
  const row = await db
    .selectFrom('rulesets')
    .select([...versionColumns, 'ruleset'])
    .where('version', '=', version)
    .executeTakeFirst()
  return row ? { version: versionOf(row), ruleset: row.ruleset } : null
}

/** Versions that will replace the active one by themselves, the soonest first. */
export const scheduledVersions = async (db: Db): Promise<RulesetVersion[]> => {
  const rows = await db
    .selectFrom('rulesets')
    .select(versionColumns)
    .where('activate_at', 'is not', null)
    .where('activated_at', 'is', null)
    .orderBy('activate_at')
    .orderBy('version')
    .execute()
  return rows.map(versionOf).filter(({ state }) => state === 'scheduled')
}

/** One change at a time: two that both find the old version active would both make theirs so. */
export const alone = <Result>(db: Db, work: (trx: Db) => Promise<Result>): Promise<Result> =>
  db.transaction().execute(async (trx) => {
    await sql`lock table rulesets in share row exclusive mode`.execute(trx)
    return work(trx)
  })

export type Act = { by: string; now: Date }
type NewVersion = Act & { ruleset: object; activateAt: Date | null; note: string | null }

/**
 * Stores a checked rule set as the next version. It becomes the active one at once unless it has a time to wait for or,
 * by the settings, a second person.
 */
export const publishRuleset = (db: Db, wanted: NewVersion): Promise<RulesetVersion> =>
  alone(db, async (trx) => {
    const { ruleset, by, activateAt, note, now } = wanted
    const { approval } = await readSettings(trx)
    const row = await trx
      .insertInto('rulesets')
      .values({
        ruleset: JSON.stringify(ruleset),
        origin: 'api',
        author: by,
        created_at: now,
        needs_approval: approval === 'required',
        activate_at: activateAt,
        note,
      })
      .returning(versionColumns)
      .executeTakeFirstOrThrow()
    return approval === 'required' || activateAt ? versionOf(row) : makeActive(trx, row.version, { by, now })
  })

/** Why a version cannot be approved, withdrawn or made active; `state` is the one it is in. */
export type VersionRefusal =
  | { refused: 'unknown' }
  | { refused: 'state' | 'own' | 'unapproved'; version: RulesetVersion }
type Changed = RulesetVersion | VersionRefusal

/** The second person's word: the version becomes active, at once or at its time. */
export const approveVersion = (db: Db, version: number, { by, now }: Act): Promise<Changed> =>
  changed(db, version, async (trx, before) => {
    if (before.state !== 'waiting-approval') return { refused: 'state', version: before }
    if (before.author === by) return { refused: 'own', version: before }
    const approved = await edit(trx, version, { approved_by: by, approved_at: now })
    return approved.activateAt && approved.activateAt > now ? approved : makeActive(trx, version, { by, now })
  })

/** A version that waits is taken back: it stays in the history as a draft. */
export const withdrawVersion = (db: Db, version: number, { by }: Act): Promise<Changed> =>
  changed(db, version, async (trx, before) =>
    before.state === 'waiting-approval' || before.state === 'scheduled'
      ? edit(trx, version, { withdrawn_by: by })
      : { refused: 'state', version: before },
  )

/**
 * Makes a stored version the active one: a rollback, or a scheduled one before its time. What has never been live and still
 * needs its second person is refused, whoever asks.
 */
export const activateVersion = (db: Db, version: number, { by, now }: Act): Promise<Changed> =>
  changed(db, version, async (trx, before) => {
    const { approval } = await readSettings(trx)
    const secondPerson = before.needsApproval || approval === 'required'
    const mayGoLive = before.activatedAt !== null || before.approvedBy !== null || !secondPerson
    return mayGoLive ? makeActive(trx, version, { by, now }) : { refused: 'unapproved', version: before }
  })

const changed = (
  db: Db,
  version: number,
  change: (trx: Db, before: RulesetVersion) => Promise<Changed>,
): Promise<Changed> =>
  alone(db, async (trx) => {
    const before = await getVersion(trx, version)
    return before ? change(trx, before.version) : { refused: 'unknown' }
  })

type Edit = {
  active?: boolean
  activated_at?: Date
  activated_by?: string
  approved_by?: string
  approved_at?: Date
  withdrawn_by?: string
}

export const edit = async (db: Db, version: number, values: Edit): Promise<RulesetVersion> =>
  versionOf(
    await db
      .updateTable('rulesets')
      .set(values)
      .where('version', '=', version)
      .returning(versionColumns)
      .executeTakeFirstOrThrow(),
  )

export const makeActive = async (db: Db, version: number, { by, now }: Act): Promise<RulesetVersion> => {
  await db.updateTable('rulesets').set({ active: false }).where('active', '=', true).execute()
  return edit(db, version, { active: true, activated_at: now, activated_by: by })
}
