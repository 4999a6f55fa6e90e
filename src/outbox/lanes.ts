import type { Errand } from './effects.ts'

export type Lane = Errand['lane']

/** By lane: the loop that carries out its errands, and the word that wakes it. */
const names = ['welcomes', 'errands', 'readings', 'profiles'] as const
export type LaneName = (typeof names)[number]

/** Whom to wake for these errands: nobody looks for what is not there, as a look costs as much as a call. */
export const lanesOf = (errands: readonly { lane: Lane }[]): Set<LaneName> =>
  new Set(errands.map(({ lane }) => names[lane]))
