import type { Log } from '../store/log.ts'

/**
 * Runs `work` again and again, the next round only after the last has ended; a failing round is logged and the next one comes.
 * `first`: whether the first round comes now, or has been made by somebody already.
 */
export const every = (ms: () => number, work: () => Promise<unknown>, log: Log, first: 'now' | 'made' = 'now') => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'a periodic job failed, it comes again')
    }
    if (!stopped) timer = setTimeout(start, ms())
  }
  const start = (): void => {
    running = round()
  }
  if (first === 'now') start()
  else timer = setTimeout(start, ms())
  return {
    stop: async (): Promise<void> => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
