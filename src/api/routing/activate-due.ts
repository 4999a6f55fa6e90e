import { checkRuleset } from '../../routing/ruleset/ruleset.ts'
import type { Db } from '../../store/open.ts'
import { alone, edit, getVersion, makeActive, scheduledVersions, type Act } from './routing-store.ts'

/**
 * Makes the versions whose time has come active, in the order of their times. One that this program can no longer read is
 * taken back instead: `unreadable`. Several processes may ask at once; each version is answered to one of them.
 */
export const activateDue = async (db: Db, act: Act): Promise<{ activated: number[]; unreadable: number[] }> => {
  const due = async (on: Db) =>
    (await scheduledVersions(on)).filter(({ activateAt }) => activateAt !== null && activateAt <= act.now)
  const outcome = { activated: [] as number[], unreadable: [] as number[] }
  if ((await due(db)).length === 0) return outcome
  return alone(db, async (trx) => {
    for (const { version } of await due(trx)) {
      const isReadable = 'ruleset' in checkRuleset((await getVersion(trx, version))?.ruleset)
      if (isReadable) await makeActive(trx, version, act)
      else await edit(trx, version, { withdrawn_by: act.by })
      outcome[isReadable ? 'activated' : 'unreadable'].push(version)
    }
    return outcome
  })
}
