import { activeContactsOf, noteContacts, noteGone } from '../crm/contact-notes.ts'
import { toldOf } from '../wecom/contact-told.ts'
import type { UserId } from '../wecom/ids.ts'
import { getContact, listContactsByUser, listFollowUsers } from '../wecom/endpoints/contact.ts'
import { WecomError } from '../wecom/error.ts'
import type { SyncRun } from './sync-jobs.ts'

/** RMs whose lists are read together, and read again together after a stop. */
const together = 50
/** Who was added this short a time ago may be missing from a page that was read before. */
const graceMs = 5 * 60_000

type Progress = { rms?: UserId[]; done?: number; found?: number; gone?: number }

/**
 * Every contact list of every RM against our books: what was missed is recorded, dated by WeCom; who is missing is asked for by name
 * before he counts as lost, since a list also gets shorter when somebody narrows the app's visible range.
 */
export const reconcileContacts = async (run: SyncRun): Promise<void> => {
  const progress: Progress = { done: 0, found: 0, gone: 0, ...run.progress }
  progress.rms ??= (await run.wecom.call(listFollowUsers, {})).follow_user.toSorted()
  while ((progress.done ?? 0) < progress.rms.length) {
    const done = progress.done ?? 0
    const { found, gone } = await reconcileSome(run, progress.rms.slice(done, done + together), () =>
      run.save(progress),
    )
    progress.done = done + together
    progress.found = (progress.found ?? 0) + found
    progress.gone = (progress.gone ?? 0) + gone
    await run.save(progress)
  }
  run.log.info({ rms: progress.rms.length, found: progress.found, gone: progress.gone }, 'contacts reconciled')
}

const reconcileSome = async (run: SyncRun, rms: UserId[], alive: () => Promise<void>) => {
  const since = new Date(run.now().getTime() - graceMs)
  const seen = new Set<string>()
  let [cursor, found, gone] = ['', 0, 0]
  do {
    const page = await run.wecom.call(listContactsByUser, { userid_list: rms, limit: 100, ...(cursor && { cursor }) })
    const told = page.external_contact_list.map(
      ({ external_contact: person, follow_info: { tag_id: tags, ...relation } }) =>
        toldOf(person, relation, { tags, now: run.now() }),
    )
    for (const { rm, externalUserId } of told) seen.add(`${rm} ${externalUserId}`)
    found += (await noteContacts(run.db, told, run.now())).found
    cursor = page.next_cursor
    await alive()
  } while (cursor !== '')
  for (const missing of await activeContactsOf(run.db, rms, since)) {
    if (seen.has(`${missing.rm} ${missing.externalUserId}`) || (await isFriend(run, missing))) continue
    await noteGone(run.db, missing, run.now())
    gone += 1
    await alive()
  }
  if (found + gone > 0) run.wake('inbox')
  return { found, gone }
}

const isFriend = async (
  { wecom }: SyncRun,
  { rm, externalUserId }: { rm: string; externalUserId: string },
): Promise<boolean> => {
  try {
    for (let cursor = ''; ;) {
      const page = await wecom.call(getContact, {
        external_userid: externalUserId,
        ...(cursor && { cursor }),
      })
      if (page.follow_user.some(({ userid }) => userid === rm)) return true
      cursor = page.next_cursor
      if (cursor === '') return false
    }
  } catch (error) {
    if (error instanceof WecomError && error.failure === 'unreachable') return false
    throw error
  }
}
