export type Lane = {
  /** Runs the job after `delay` real milliseconds, when fewer than the allowed number are running. */
  run(job: () => Promise<void>, delay: number): void
  /** Something else is under way, until the returned function is called. */
  hold(): () => void
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
}

/** A queue with so many places; first come, first served. */
export const makeLane = (parallel: () => number): Lane => {
  const waiting: (() => Promise<void>)[] = []
  let [running, pending] = [0, 0]
  let idlers: (() => void)[] = []

  const hold = (): (() => void) => {
    pending += 1
    return () => {
      pending -= 1
      if (pending > 0) return
      idlers.forEach((wake) => wake())
      idlers = []
    }
  }
  const next = (): void => {
    const job = running < parallel() ? waiting.shift() : undefined
    if (!job) return
    running += 1
    void job().finally(() => {
      running -= 1
      next()
    })
  }
  const run = (job: () => Promise<void>, delay: number): void => {
    const release = hold()
    const start = (): void => {
      waiting.push(() => job().finally(release))
      next()
    }
    if (delay > 0) setTimeout(start, delay)
    else start()
  }
  const idle = (): Promise<void> => (pending === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve)))
  return { run, hold, idle }
}
