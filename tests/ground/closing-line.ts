import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends the run with `N passed, N failed` alone on a line, skipped ones counted aloud. A file that cannot be loaded and an
 * error that nobody caught count as failures: they must not hide behind tests that never ran. A test that passed only when it
 * was tried again (`--retry`) is named.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      counts.failed += [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0).length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'skipped' : state] += 1
        if (test.diagnostic()?.flaky) console.log(`passed only at the second try: ${test.fullName}`)
      }
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
  }
}
