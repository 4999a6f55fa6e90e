import { isServicer } from './eligible.ts'
import type { MemberFilter, PoolAsk, PoolIndex, PoolView, Roster, RosterRm } from './model.ts'
import type { RankedRms } from './ranked-rms.ts'
import { rankedRms } from './ranked-rms.ts'

/** A roster that is kept up to date instead of being read anew for each decision. */
export type RosterIndex = {
  /** For `decide`; always shows the present state. */
  roster: Roster & { index: PoolIndex }
  /** Adds or replaces one RM; only his own places in the pools are worked out again. */
  set(rm: RosterRm): void
  delete(userid: string): void
}

type Pool = PoolView & {
  filter: MemberFilter
  openKfId: string
  relay: boolean
  members: Map<string, RosterRm>
  ranked: RankedRms
}

/** Pools come and go with rule set versions; the oldest are forgotten beyond this and built again when asked for. */
const KEPT_POOLS = 2_000

/** The first question about a pool reads all RMs; afterwards `set` keeps it in order, and deciding reads only its top. */
export function rosterIndex(rms: Iterable<RosterRm> = []): RosterIndex {
  const everybody = new Map<string, RosterRm>()
  const pools = new Map<string, Pool>()
  for (const rm of rms) everybody.set(rm.userid, rm)
  const set = (rm: RosterRm) => {
    const before = everybody.get(rm.userid)
    const moved = !before || placement(before) !== placement(rm)
    everybody.set(rm.userid, rm)
    for (const pool of pools.values()) {
      if (moved) place(pool, rm)
      else refresh(pool, rm)
    }
  }
  return {
    roster: { rms: everybody, index: { pool: (ask) => poolFor(ask, pools, everybody), set } },
    set,
    delete(userid) {
      everybody.delete(userid)
      for (const pool of pools.values()) remove(pool, userid)
    },
  }
}

function poolFor(ask: PoolAsk, pools: Map<string, Pool>, rms: ReadonlyMap<string, RosterRm>): Pool {
  const key = `${ask.relay ? 'relay ' : ''}${ask.openKfId} ${ask.key}`
  const kept = pools.get(key)
  if (kept) return kept
  const oldest = pools.keys().next()
  if (pools.size >= KEPT_POOLS && !oldest.done) pools.delete(oldest.value)
  const pool = build(ask, rms)
  pools.set(key, pool)
  return pool
}

function build({ filter, openKfId, rank, relay = false }: PoolAsk, rms: ReadonlyMap<string, RosterRm>): Pool {
  const members = new Map([...rms].filter(([, rm]) => filter.admits(rm)))
  const servicers = [...members.values()].filter((rm) => relay || isServicer(rm, openKfId))
  const ranked = rankedRms(servicers, rank, (rm) => distance(rm, { filter, openKfId }))
  return {
    filter,
    openKfId,
    relay,
    ranked,
    members,
    get servicers() {
      return ranked.size
    },
    inOrder: (seed) => ranked.inOrder(seed),
  }
}

/**
 * How far an RM is from being taken, as far as it can be told without knowing the conversation: 0 free, 1 there but full,
 * 2 not there or not licensed. `obstacle` has the last word.
 */
function distance(rm: RosterRm, { filter, openKfId }: Pick<Pool, 'filter' | 'openKfId'>): number {
  const away = isServicer(rm, openKfId) && rm.kf[openKfId] !== 'receiving'
  if (!rm.onDuty || away || !filter.holdsLicences(rm)) return 2
  return rm.load < rm.capacity ? 0 : 1
}

function place(pool: Pool, rm: RosterRm): void {
  if (!pool.filter.admits(rm)) return remove(pool, rm.userid)
  pool.members.set(rm.userid, rm)
  if (pool.relay || isServicer(rm, pool.openKfId)) pool.ranked.set(rm)
  else pool.ranked.delete(rm.userid)
}

function refresh({ members, ranked }: Pool, rm: RosterRm): void {
  if (members.has(rm.userid)) members.set(rm.userid, rm)
  if (ranked.has(rm.userid)) ranked.set(rm)
}

function remove({ members, ranked }: Pool, userid: string): void {
  members.delete(userid)
  ranked.delete(userid)
}

/** Everything that decides which pools an RM is in. */
function placement({ branch, skills, lines, licences, kf }: RosterRm): string {
  return JSON.stringify([branch, skills, lines, licences, Object.keys(kf)])
}
