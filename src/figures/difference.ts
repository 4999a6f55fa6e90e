/** One cell of the comparison: customers who are alike but for being connected to an RM. */
export type Stratum = {
  segment: string
  tenure: number
  activity: number
  connected: Arm
  unconnected: Arm
}
export type Arm = { n: number; converted: number }
export type Difference = {
  /** The share that converted among the connected who have somebody to be compared with. */
  connected: number
  /** The share among the others, had they the connected ones' mixture. */
  unconnected: number
  difference: number
  /** 95 %. */
  low: number
  high: number
}

const z95 = 1.959963984540054

/** Cells in which both kinds are found: the others say nothing about the difference. */
export const comparable = (strata: readonly Stratum[]): Stratum[] =>
  strata.filter(({ connected, unconnected }) => connected.n > 0 && unconnected.n > 0)

/**
 * The stratified difference of two shares, each cell with the weight of its connected customers, and its 95 % Wald interval. For the
 * variance each arm of a cell gets one success and one failure more (Agresti and Caffo), or a cell in which nobody converted
 * would seem to be certain. Null without a comparable cell.
 */
export const difference = (strata: readonly Stratum[]): Difference | null => {
  const cells = comparable(strata)
  const total = cells.reduce((sum, { connected }) => sum + connected.n, 0)
  if (total === 0) return null
  const weighted = (read: (cell: Stratum) => number, power = 1) =>
    cells.reduce((sum, cell) => sum + (cell.connected.n / total) ** power * read(cell), 0)
  const [connected, unconnected] = [
    weighted((cell) => share(cell.connected)),
    weighted((cell) => share(cell.unconnected)),
  ]
  const deviation = Math.sqrt(weighted((cell) => spread(cell.connected) + spread(cell.unconnected), 2))
  const found = connected - unconnected
  return {
    connected,
    unconnected,
    difference: found,
    low: Math.max(-1, found - z95 * deviation),
    high: Math.min(1, found + z95 * deviation),
  }
}

const share = ({ n, converted }: Arm): number => converted / n
const spread = ({ n, converted }: Arm): number => {
  const p = (converted + 1) / (n + 2)
  return (p * (1 - p)) / (n + 2)
}
