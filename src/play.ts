import type { Logger } from 'pino'
import { createKey } from './api/access/key-store.ts'
import type { Settings } from './settings.ts'
import { forgetSimulatedSessions } from './store/installation.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator/create-simulator.ts'
import { exampleCorp } from './simulator/example-corp.ts'
import { newCorp } from './simulator/new-corp.ts'
import type { Store } from './store/open.ts'
import { keptContacts } from './tools/kept-contacts.ts'
import { keptLinks, seedExample } from './tools/seed.ts'

type Play = { settings: Settings; store: Store; log: Logger; options: SimulatorOptions }

/** Without a corp: the bundled WeCom with its example bank, known to our database, too. */
export const startSimulator = async ({ settings, store, log, options }: Play) => {
  const corp = newCorp(options.corp)
  const example = options.people ?? exampleCorp()
  await forgetSimulatedSessions(store.pool)
  await seedExample(store.db, example)
  const links = [...example.links, ...(await keptLinks(store.db))]
  const contacts = await keptContacts(store.db, example.contacts, options.clock?.now() ?? Date.now())
  const people = { ...example, links, contacts }
  const keys = {
    key: await freshKey(store, '模拟器页面', 'auditor'),
    appKey: await freshKey(store, '演示手机银行', 'app'),
  }
  const simulator: Simulator = await createSimulator({
    host: settings.HOST === '0.0.0.0' ? '0.0.0.0' : '127.0.0.1',
    port: settings.PORT === 0 ? 0 : settings.PORT + 1,
    log: (line) => log.debug({ line }, 'simulator'),
    sharedClock: true,
    ...options,
    corp,
    people,
  })
  return {
    simulator,
    corp: { ...corp, baseUrl: simulator.url },
    now: () => new Date(simulator.control.clock.now()),
    /** Yinqiao listens at `url` now: callbacks go there, and the phones page reads its live line. */
    connect: (url: string): void => {
      simulator.control.live = { url, ...keys }
      simulator.control.callbacks.setUrl(`${url}/wecom/callback`)
    },
  }
}

/** The phones page may read the live line, the bank's demo app may make links: each with a key of its own, new at each start. */
const freshKey = async ({ db }: Store, name: string, role: 'auditor' | 'app'): Promise<string> => {
  await db.deleteFrom('api_keys').where('name', '=', name).execute()
  return (await createKey(db, { name, role, branch: null, rm: null })).key
}
