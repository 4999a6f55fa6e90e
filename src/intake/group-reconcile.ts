import { groupOwners, noteDissolved, noteHidden, noteListed, unlistedGroups } from '../crm/group-list.ts'
import { noteGroup } from '../crm/group-notes.ts'
import { getGroupChat, listFollowUsers, listGroupChats } from '../wecom/endpoints/contact.ts'
import { WecomError } from '../wecom/error.ts'
import { toldGroupOf } from '../wecom/group-told.ts'
import type { UserId } from '../wecom/ids.ts'
import type { SyncRun } from './sync-jobs.ts'

/** Owners whose groups are listed together: WeCom's limit of owner_filter. */
const together = 100
/** A group that was read within this time before the walk began is not read again. */
const freshMs = 20 * 3_600_000

type Progress = {
  began?: string
  /** Those who have 客户联系 and whom the app sees. */
  visible?: string[]
  /** They, and whoever else owns a group of our books: of people who have left WeCom lists groups only by name. */
  owners?: string[]
  done: number
  /** Of the groups that no list named: the last that was asked for. */
  asked: string
  read: number
  found: number
  gone: number
  hidden: number
}
type Walk = { run: SyncRun; progress: Progress; began: Date; fresh: Date }

/**
 * Every customers' group that WeCom lists against our books. The list has no versions, so each group is read that was not read
 * lately; who came or left unheard is recorded. What no list names is asked for by name before it counts as dissolved, since a
 * list also gets shorter when somebody narrows the app's visible range.
 */
export const reconcileGroups = async (run: SyncRun): Promise<void> => {
  const progress: Progress = { done: 0, asked: '', read: 0, found: 0, gone: 0, hidden: 0, ...run.progress }
  progress.began ??= run.now().toISOString()
  progress.visible ??= (await run.wecom.call(listFollowUsers, {})).follow_user.toSorted()
  progress.owners ??= [...new Set([...progress.visible, ...(await groupOwners(run.db))])]
  const began = new Date(progress.began)
  const walk: Walk = { run, progress, began, fresh: new Date(began.getTime() - freshMs) }
  while (progress.done < progress.owners.length) {
    await listGroupsOf(walk, progress.owners.slice(progress.done, progress.done + together))
    progress.done += together
    await run.save(progress)
  }
  await askForUnlisted(walk)
  const { read, found, gone, hidden } = progress
  run.log.info({ owners: progress.owners.length, read, found, gone, hidden }, 'customer groups reconciled')
}

const listGroupsOf = async (walk: Walk, owners: string[]): Promise<void> => {
  const { run, began, fresh } = walk
  let cursor = ''
  do {
    const page = await listPage(walk, owners, cursor)
    if (!page) return
    const listed = page.group_chat_list.map(({ chat_id: chatId, status }) => ({ chatId, status }))
    for (const chatId of await noteListed(run.db, listed, { began, fresh })) await readOne(walk, chatId)
    cursor = page.next_cursor
    await run.save(walk.progress)
  } while (cursor !== '')
}

/** Null when one of these owners may not be named: then each was listed by himself, and the one left out. */
const listPage = async (walk: Walk, owners: string[], cursor: string) => {
  const owner_filter = { userid_list: owners as UserId[] }
  try {
    return await walk.run.wecom.call(listGroupChats, { owner_filter, limit: 1000, ...(cursor && { cursor }) })
  } catch (error) {
    if (!isRefused(error)) throw error
    if (owners.length > 1) for (const owner of owners) await listGroupsOf(walk, [owner])
    return null
  }
}

/** False when WeCom does not show the group. */
const readOne = async ({ run, progress }: Walk, chatId: string): Promise<boolean> => {
  const askedAt = run.now()
  try {
    const { group_chat: chat } = await run.wecom.call(getGroupChat, { chat_id: chatId })
    const told = toldGroupOf(chat, askedAt)
    const found = await run.db.transaction().execute((tx) => noteGroup(tx, told, run.now()))
    progress.read += 1
    if (found) progress.found += 1
    if (found) run.wake('inbox')
    return true
  } catch (error) {
    if (!isRefused(error)) throw error
    return false
  } finally {
    await run.save(progress)
  }
}

const askForUnlisted = async (walk: Walk): Promise<void> => {
  const { run, progress, began } = walk
  const visible = new Set(progress.visible)
  for (;;) {
    const groups = await unlistedGroups(run.db, { began, after: progress.asked })
    if (groups.length === 0) return
    for (const { chatId, owner } of groups) {
      if (!(await readOne(walk, chatId))) await noteUnseen(walk, chatId, owner !== null && visible.has(owner))
      progress.asked = chatId
    }
    await run.save(progress)
  }
}

const noteUnseen = async ({ run, progress }: Walk, chatId: string, ownerInSight: boolean): Promise<void> => {
  progress[ownerInSight ? 'gone' : 'hidden'] += 1
  await (ownerInSight ? noteDissolved : noteHidden)(run.db, chatId, run.now())
  if (ownerInSight) run.wake('inbox')
}

/** No customers' group (any more), or somebody whom the app does not see. */
const isRefused = (error: unknown): boolean =>
  error instanceof WecomError && (error.failure === 'unreachable' || error.failure === 'person')
