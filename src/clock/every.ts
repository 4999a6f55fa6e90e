import type { Log } from '../store/log.ts'

/** Runs `work` again and again, the next round only after the last has ended; a failing round is logged and the next one comes. */
export const every = (ms: () => number, work: () => Promise<unknown>, log: Log) => {
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
  start()
  return {
    stop: async (): Promise<void> => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
