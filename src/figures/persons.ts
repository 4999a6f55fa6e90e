import type { PoolClient } from 'pg'

/** Each person whom these customers are part of, with all customer ids of his; he goes by the one that was not absorbed. */
export const personsOf = async (
  tx: PoolClient,
  customers: readonly string[],
): Promise<{ person: string; members: string[] }[]> => {
  const { rows } = await tx.query<{ seed: string; id: string; absorbed: boolean }>(walk, [customers])
  const groups = new Map<string, { id: string; absorbed: boolean }[]>()
  for (const { seed, ...member } of rows) groups.set(seed, [...(groups.get(seed) ?? []), member])
  const persons = new Map<string, string[]>()
  for (const members of groups.values())
    persons.set(
      nameOf(members),
      members.map(({ id }) => id),
    )
  return [...persons].map(([person, members]) => ({ person, members }))
}

const smallest = (ids: readonly string[]): string | undefined =>
  ids.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))[0]

const nameOf = (members: readonly { id: string; absorbed: boolean }[]): string => {
  const whole = members.filter(({ absorbed }) => !absorbed)
  return smallest((whole.length > 0 ? whole : members).map(({ id }) => id)) as string
}

const active = 'k.joined and not k.undone and k.other_id is not null'

/** Merges are followed both ways, so that a person is found from any of his ids; UNION ends circles. */
const walk = `with recursive members (seed, id) as (
    select id, id from unnest($1::bigint[]) id
    union
    select m.seed, n.id from members m cross join lateral (
      select k.customer_id as id from figure_claims k where k.other_id = m.id and ${active}
      union all select k.other_id from figure_claims k where k.customer_id = m.id and ${active}) n)
  select seed, id, exists (select from figure_claims k where k.other_id = members.id and ${active}) as absorbed from members`
