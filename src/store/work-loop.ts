import type { Log } from './log.ts'

type Options<Row> = {
  name: string
  /** Takes at most so many rows; what it answers is ours to run. */
  claim: (most: number) => Promise<Row[]>
  /** Runs one row; never rejects. */
  run: (row: Row) => Promise<void>
  /** How many run at the same time. */
  width: number
  /** How often to look without being woken: wake-ups may get lost. */
  pollMs: number
  log: Log
}

/** How long a claim waits for more places under load: it costs much the same for one row as for many. */
const lingerMs = { half: 8, full: 20 }

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export type WorkLoop = { wake(): void; start(): void; stop(): Promise<void>; busy(): boolean }

/** Claims and runs rows while there are any, sleeps until woken or until the next poll. `stop` waits for what is under way. */
export const createWorkLoop = <Row>({ name, claim, run, width, pollMs, log }: Options<Row>): WorkLoop => {
  const running = new Set<Promise<void>>()
  let stopped = true
  let woken = false
  let sleeping: (() => void) | null = null
  let looping: Promise<void> = Promise.resolve()

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(awake, ms)
      function awake() {
        clearTimeout(timer)
        sleeping = null
        resolve()
      }
      sleeping = awake
    })

  const start = (row: Row): void => {
    const work = run(row).finally(() => {
      running.delete(work)
      // The next row of this subject may be claimable now.
      wake()
    })
    running.add(work)
  }

  /** Answers whether there may be more: as much was there as we could take. */
  const claimSome = async (): Promise<boolean> => {
    const most = width - running.size
    try {
      const rows = await claim(most)
      for (const row of rows) start(row)
      return rows.length === most
    } catch (error) {
      log.error({ loop: name, reason: (error as Error).message }, 'could not claim, trying again')
      await sleep(pollMs)
      return false
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false
      const more = running.size < width && (await claimSome())
      if (more && running.size < width) continue
      if (!woken && !stopped) await sleep(pollMs * (0.75 + Math.random() / 2))
      // Under load rows end one by one: a moment's wait lets one claim take several places. Who is idle does not wait.
      if (running.size > width / 2 && !stopped) await pause(running.size > width * 0.75 ? lingerMs.full : lingerMs.half)
    }
  }

  const wake = (): void => {
    woken = true
    sleeping?.()
  }

  return {
    wake,
    start: () => {
      stopped = false
      looping = loop()
    },
    stop: async () => {
      stopped = true
      sleeping?.()
      await looping
      await Promise.allSettled([...running])
    },
    busy: () => running.size > 0,
  }
}
