import { defineConfig } from 'vitest/config'

/** What can be said of the project by reading it: no database, no browser, a second or two. Part of `npm run check`. */
export default defineConfig({
  test: {
    include: ['tests/architecture.test.ts', 'tests/documents.test.ts', 'tests/supply-chain.test.ts'],
    pool: 'threads',
  },
})
