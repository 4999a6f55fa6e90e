import type { RosterRm } from './model.ts'

/** One piece of work: what it takes of the RM's capacity, and its kind. */
export type Piece = { units: number; work: string | null }

/** The RM with this piece of work more. */
export function withPiece(rm: RosterRm, { units, work }: Piece): RosterRm {
  return { ...rm, load: rm.load + units, ...pieces(rm, work, 1) }
}

/** The RM without this piece of work. */
export function withoutPiece(rm: RosterRm, { units, work }: Piece): RosterRm {
  return { ...rm, load: Math.max(0, rm.load - units), ...pieces(rm, work, -1) }
}

function pieces({ inHand = {} }: RosterRm, work: string | null, more: number): Pick<RosterRm, 'inHand'> {
  return work === null ? {} : { inHand: { ...inHand, [work]: Math.max(0, (inHand[work] ?? 0) + more) } }
}
