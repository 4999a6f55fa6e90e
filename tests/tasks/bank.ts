import { smallRules } from '../small-bank.ts'
import type { World } from '../world.ts'

/** The small bank with opening hours: everybody but the pools' own calendars is asked only while it is open. */
export const officeRules = {
  ...smallRules,
  calendars: { branch: { hours: { 'mon-fri': ['09:00-12:00', '13:30-17:30'] }, holidays: 'cn' } },
  opening: 'branch',
  pools: {
    'sme-desk': { ...smallRules.pools['sme-desk'], calendar: 'branch' },
    general: { ...smallRules.pools.general, calendar: 'branch' },
  },
}

export type TaskRow = {
  id: string
  kind: string
  state: string
  rm: string | null
  title: string
  due_at: Date
  outcome: string | null
  created_by: string
  snoozed: number
}
export const tasksIn = async (world: World): Promise<TaskRow[]> =>
  (await world.pool.query<TaskRow>('select * from tasks order by id')).rows

/** Moves the clock to this moment in Shanghai, and waits until everything that was due by then is done. */
export const goTo = (world: World, time: string): Promise<void> =>
  world.advance(Date.parse(`${time}+08:00`) - world.clock.now())

/** The cards on an RM's phone, oldest first: what each says, and what its buttons were replaced by. */
export const cardsOf = (world: World, userid: string) =>
  world
    .rm(userid)
    .inbox()
    .flatMap(({ msgid, body, card }) =>
      card ? [{ msgid, task: card.taskId, replaced: card.replaced, text: JSON.stringify(body) }] : [],
    )
export const taskCards = (world: World, userid: string) =>
  cardsOf(world, userid).filter(({ task }) => task.startsWith('task@'))
export const dayLists = (world: World, userid: string): string[] =>
  world.rings(userid).filter((text) => text.includes('【今日待办】'))
