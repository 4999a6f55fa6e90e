import { fileURLToPath } from 'node:url'
import type { Pool, PoolClient } from 'pg'
import type { Logger } from 'pino'
import { noteContacts } from './crm/contact-notes.ts'
import { noteGroup } from './crm/group-notes.ts'
import { readOrigin } from './crm/contact-origin.ts'
import { noteStatus, type Seen } from './crm/presence.ts'
import { readEntrance } from './crm/entrance.ts'
import { claimIdentity, type Claim } from './crm/identity.ts'
import { createInviteLinks } from './crm/invite-links.ts'
import { managerLinkMaker } from './manager-links.ts'
import { readRoster } from './crm/roster.ts'
import type { Dispatch } from './dispatch/dispatcher.ts'
import { createGather } from './dispatch/gather/gather.ts'
import { ownKinds } from './dispatch/events.ts'
import { readDefinitions } from './figures/definitions.ts'
import { loadHandlers } from './dispatch/handlers.ts'
import { loadActiveRules, readCalendarFile, seedRules } from './dispatch/load-rules.ts'
import type { Desk } from './dispatch/prepare.ts'
import { createTurnWriter } from './dispatch/write/turn-writer.ts'
import { createRosterCache } from './dispatch/gather/roster.ts'
import { welcomeChooser } from './dispatch/welcome/welcome-choice.ts'
import { mediaOf, readWelcome } from './dispatch/welcome/welcome-file.ts'
import { readWords } from './dispatch/words/words-file.ts'
import { createBook } from './outbox/book.ts'
import type { Deliverer } from './outbox/deliverer.ts'
import { keepMedia, mediaIds } from './outbox/media.ts'
import { createProfileReader } from './outbox/read-profile.ts'
import { rosterIndex } from './routing/roster-index.ts'
import { zoneOf } from './routing/calendar/zone.ts'
import type { Meters } from './meters.ts'
import type { Settings } from './settings.ts'
import { onClient } from './store/on-client.ts'
import { secretKeyOf } from './store/secrets.ts'
import type { Shared } from './store/shared.ts'
import type { Store } from './store/open.ts'
import { inTransaction } from './store/transaction.ts'
import type { WecomClient } from './wecom/client.ts'
import { callbackKinds } from './wecom/events.ts'
import { kfKinds } from './wecom/kf-items.ts'

/** What the figures are counted by. */
export const figureGround = ({ TZ_BUSINESS }: Settings) => ({
  definitions: readDefinitions(here('config/figures.yaml')),
  zone: zoneOf(TZ_BUSINESS),
})

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export type Ground = {
  settings: Settings
  store: Store
  shared: Shared
  wecom: WecomClient
  agentId: number
  log: Logger
  now: () => Date
  monotonic?: (() => number) | undefined
  meters: Meters
}

type DeskGround = Pick<Ground, 'settings' | 'now' | 'monotonic'> & { pool: Pool; db: Store['db'] }

/** What handles events, made from the configuration files and the database. */
export const makeDesk = async ({ settings, pool, db, now, monotonic = performanceNow }: DeskGround) => {
  const calendar = { ...(await readCalendarFile(here('config/calendar.yaml'))), zone: settings.TZ_BUSINESS }
  await seedRules(pool, settings.ROUTING_FILE)
  let active = await loadActiveRules(pool, calendar, null)
  const secretKey = await secretKeyOf(settings)
  const welcome = readWelcome(here('config/welcome.yaml'))
  const readPeople = async () => {
    const { rms } = await readRoster(db, { now: now(), fairness: active.rules.fairness })
    return rosterIndex(rms.values()).roster
  }
  const desk: Desk = {
    pool,
    gather: createGather(pool),
    handlers: await loadHandlers(here('handlers'), [...kfKinds, ...callbackKinds, ...ownKinds]),
    words: readWords(here('config/messages.yaml')),
    roster: createRosterCache(readPeople, monotonic),
    rules: () => active,
    readEntrance: (ask) => readEntrance(db, secretKey, ask),
    readOrigin: (ask) => readOrigin(db, ask),
    chooseWelcome: welcomeChooser(welcome),
    now,
  }
  // One reading after the other: of two at once, the slower one could put back what the quicker one had replaced.
  let reading: Promise<void> = Promise.resolve()
  const reloadRules = (): Promise<void> => {
    const read = async (): Promise<void> => {
      active = await loadActiveRules(pool, calendar, active)
    }
    return (reading = reading.then(read, read))
  }
  return { desk, reloadRules, calendar, secretKey, media: { folder: here('config/media'), files: mediaOf(welcome) } }
}

/** What is said about who a customer is, in the transaction of whoever heard it. */
const join = (tx: PoolClient, said: Claim) => claimIdentity(onClient(tx), said)

/** What an event said about an RM's reception, in the transaction of that event. */
const noteReception = (tx: PoolClient, seen: Seen) => noteStatus(onClient(tx), seen)

const performanceNow = (): number => performance.now()

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What handles and what delivers, with what they share. */
export const makeParts = async ({ settings, store, shared, wecom, agentId, log, now, meters, ...ground }: Ground) => {
  const { monotonic = performanceNow } = ground
  const { desk, reloadRules, calendar, secretKey, media } = await makeDesk({
    settings,
    pool: store.pool,
    db: store.db,
    now,
    monotonic,
  })
  const wake = (what: string) => shared.publish(what, '')
  const common = { pool: store.pool, log, inTransaction, now, wake }
  const write = createTurnWriter({ pool: store.pool, inTransaction, join, noteReception })
  const dispatch: Dispatch = { ...desk, ...common, write, countContact: meters.contact }
  const deliverer: Deliverer = {
    ...common,
    book: createBook({
      pool: store.pool,
      inTransaction,
      join,
      noteContacts: (tx, told, at) => noteContacts(onClient(tx), told, at),
      noteGroup: (tx, told, at) => noteGroup(onClient(tx), told, at),
    }),
    call: wecom.call,
    links: createInviteLinks({ db: store.db, make: managerLinkMaker(wecom.call), pause }),
    media: mediaIds(store.pool, now),
    readProfile: createProfileReader(),
    agentId,
    installation: await installationCode(store),
    monotonic,
    leaseMs: 30_000,
    count: meters.errand,
  }
  const keepMediaUp = () => keepMedia({ pool: store.pool, upload: wecom.upload, ...media, now: now() })
  const figures = figureGround(settings)
  return { dispatch, deliverer, reloadRules, calendar, secretKey, rules: desk.rules, keepMediaUp, figures }
}

const installationCode = async ({ db }: Store): Promise<string> =>
  (await db.selectFrom('installation').select('code').executeTakeFirstOrThrow()).code
