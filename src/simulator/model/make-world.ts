import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import { newContactBook } from './contact-book.ts'
import { defaultSettings } from './settings.ts'
import type { Settings } from './settings.ts'
import type { Change, Corp, Push, World } from './world.ts'

export type Ends = { push(push: Push): void; ring(openKfId: string): void; changed(change: Change): void }

/** An empty WeCom: the corp with its root department, nobody in it. */
export const makeWorld = (
  corp: Corp,
  parts: { clock: Clock; chance: Chance; ends: Ends; settings?: Partial<Settings> },
): World => ({
  now: parts.clock.now,
  chance: parts.chance,
  corp,
  settings: { ...defaultSettings(), ...parts.settings },
  departments: new Map([[1, { id: 1, name: corp.name, parentid: 0, order: 1 }]]),
  members: new Map(),
  accounts: new Map(),
  customers: new Map(),
  chats: new Map(),
  codes: new Map(),
  links: new Map(),
  media: new Map(),
  contacts: newContactBook(parts.clock.now()),
  responseCodes: new Map(),
  loginCodes: new Map(),
  taskIds: new Set(),
  ...parts.ends,
})
