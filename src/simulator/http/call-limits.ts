import { minute } from '../model/clock.ts'
import { refuseIf } from '../model/refused.ts'
import type { World } from '../model/world.ts'

/** How many calls of one API are under way, and how many there were in this minute. */
export type CallLimits = {
  /** A call begins; the returned function ends it. */
  enter(path: string): () => void
  /** 45033 too many at the same time, 45009 too many in this minute. */
  check(path: string): void
}

export const makeCallLimits = (world: World): CallLimits => {
  const underWay = new Map<string, number>()
  const counted = new Map<string, { minute: number; calls: number }>()
  const add = (path: string, change: 1 | -1): void => void underWay.set(path, (underWay.get(path) ?? 0) + change)

  const callsThisMinute = (path: string): number => {
    const now = Math.floor(world.now() / minute)
    const held = counted.get(path)
    const count = held?.minute === now ? held : { minute: now, calls: 0 }
    count.calls += 1
    counted.set(path, count)
    return count.calls
  }

  return {
    enter: (path) => {
      add(path, 1)
      return () => add(path, -1)
    },
    check: (path) => {
      const { atOnce, contactsPerMinute } = world.settings
      refuseIf((underWay.get(path) ?? 0) > (atOnce[path] ?? Infinity), 45033, 'api concurrent out of limit')
      if (!path.startsWith('externalcontact/')) return
      refuseIf(callsThisMinute(path) > contactsPerMinute, 45009, 'api freq out of limit')
    },
  }
}
