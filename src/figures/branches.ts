/** Where each RM belongs, from when on; each list by time. */
export type Places = ReadonlyMap<string, readonly { since: Date; branch: string }[]>

/** The branch of an RM at a time, by what the ledger says: before the first word about him, that first word counts. */
export const branchAt = (places: Places, rm: string | null, at: Date): string | null => {
  const known = rm === null ? undefined : places.get(rm)
  if (!known) return null
  return (known.findLast(({ since }) => since <= at) ?? known[0])?.branch ?? null
}
