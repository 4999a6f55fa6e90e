import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { startServer, stopServer, type Place } from './server.ts'

/** A server that dies although nobody stopped it (out of memory, kill -9) is started again, for as long as it takes. */
export const supervise = async (place: Place, log: Log) => {
  let running = await startServer(place)
  let stopping = false
  let restarting = Promise.resolve()
  const watch = () =>
    running.process.once('exit', () => {
      if (!stopping) restarting = restart()
    })
  const restart = async (): Promise<void> => {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 10_000)) {
      log.error(
        { pid: running.pid, logFile: place.logFile },
        'the embedded database ended unexpectedly; starting it again',
      )
      try {
        running = await startServer(place)
        watch()
        return
      } catch (error) {
        log.error({ err: error }, 'the embedded database does not start')
        await sleep(pause)
      }
    }
  }
  watch()
  const stop = async () => {
    stopping = true
    await restarting
    await stopServer(running)
  }
  return { stop, pid: () => running.pid }
}
