/** What a part may import: `imports` for anything, `types` for `import type` alone. */
export type Part = {
  imports: readonly string[]
  types?: readonly string[]
  /** Of the composition root: it may import everything, and nothing but itself imports it. */
  root?: true
}

/**
 * DESIGN section 3 as data: each folder of src/ (and each file directly in it, and handlers/) with what it may know. Arrows go one
 * way; whoever needs another one changes this map in the same commit, with the reason in docs/decisions/.
 */
export const importMap: Readonly<Record<string, Part>> = {
  // What happens. A handler has no client, no clock and no database: it cannot do anything but answer with effects.
  handlers: { imports: ['bot'] },
  bot: { imports: ['dispatch', 'tasks'] },

  // The ground: they know nothing of ours.
  wecom: { imports: [] },
  store: { imports: [] },
  ledger: { imports: [] },
  inbox: { imports: [] },
  settings: { imports: [] },
  meters: { imports: [] },

  // The life of a message, in its order.
  intake: { imports: ['wecom', 'inbox', 'crm'], types: ['store'] },
  dispatch: { imports: ['routing', 'outbox', 'tasks', 'ledger', 'store', 'wecom'], types: ['inbox'] },
  routing: { imports: [] },
  outbox: { imports: ['wecom', 'ledger', 'store'] },
  crm: { imports: ['wecom'], types: ['store', 'routing'] },
  clock: { imports: [], types: ['store'] },
  tasks: { imports: ['ledger'] },

  // What the ledger says in figures: it reads touchpoints and its own counts, and of routing only how files and zones are read.
  figures: { imports: ['routing'], types: ['store'] },

  // What people and programs see.
  api: { imports: ['crm', 'routing', 'tasks', 'figures'], types: ['store', 'ledger'] },
  simulator: { imports: ['wecom'] },

  main: { imports: ['app', 'settings'] },

  // The composition root: makes every part and hands each what it needs.
  app: { imports: [], root: true },
  parts: { imports: [], root: true },
  background: { imports: [], root: true },
  clocks: { imports: [], root: true },
  http: { imports: [], root: true },
  'api-mount': { imports: [], root: true },
  'admin-key': { imports: [], root: true },
  'manager-links': { imports: [], root: true },
  play: { imports: [], root: true },
  tools: { imports: [], root: true },
}
