import type { Errand } from './effects.ts'

export type Lane = Errand['lane']
/** The loop that carries out the errands of a lane, and the name by which it is woken. */
export type LaneName = 'welcomes' | 'errands' | 'readings' | 'profiles'

const names = ['welcomes', 'errands', 'readings', 'profiles'] as const satisfies readonly LaneName[]

/** Whom to wake for these errands: nobody looks for what is not there, as a look costs as much as a call. */
export const lanesOf = (errands: readonly { lane: Lane }[]): Set<LaneName> =>
  new Set(errands.map(({ lane }) => names[lane]))
