import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/ground/setup.ts'],
    // Separate processes: tests start servers, send signals and change directories. Two, for machines with two cores. Each runs
    // many files, so that the application is loaded twice and not 170 times, by Node itself, with the compile cache: a file
    // leaves nothing behind.
    pool: 'forks',
    isolate: false,
    experimental: { viteModuleRunner: false },
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // The last reporter says the closing line, which machines read.
    reporters: ['default', './tests/ground/closing-line.ts'],
  },
})
