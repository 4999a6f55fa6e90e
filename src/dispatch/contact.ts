/** A customer in an RM's contact list, as our books have it. */
export type Contact = {
  rm: string
  state: 'half' | 'active' | 'lost'
  /** When this state began. */
  since: Date
  /** When the present (or last) connection began; null when nothing but its end was seen. */
  addedAt: Date | null
  firstAddedAt: Date | null
  lostAt: Date | null
  lostBy: LostBy | null
  /** WeCom's `state`: of the contact way, or the acquisition link's `customer_channel`. */
  wecomState: string | null
}
export type LostBy = 'customer' | 'manager' | 'transfer' | 'reconcile'

/** What an event made of a relation. `change` is null when it told nothing new (the same add by another way, a loss of what is lost). */
export type Step = { contact: Contact; change: 'added' | 'confirmed' | 'lost' | null; first: boolean }

type Added = { rm: string; at: Date; half: boolean; wecomState: string | null }

/** WeCom names one add by several events, some late: within this time it is the same one. */
const sameMs = 60_000

/** The two are connected. An add that is older than what we know is counted, but does not turn the clock back. */
export const addContact = (known: Contact | null, added: Added): Step => {
  if (!known) return { contact: fresh(added), change: 'added', first: true }
  if (known.state === 'lost') return addToLost(known, added)
  if (known.state === 'half' && !added.half) {
    const wecomState = known.wecomState ?? added.wecomState
    return { contact: { ...known, state: 'active', since: added.at, wecomState }, change: 'confirmed', first: false }
  }
  if (known.state === 'half' || !isLater(known, added)) return { contact: known, change: null, first: false }
  // Connected again although we know of no end: that event was missed.
  return { contact: again(known, added), change: 'added', first: false }
}

const isLater = ({ addedAt }: Contact, { at }: Added): boolean =>
  addedAt === null || at.getTime() - addedAt.getTime() > sameMs

const addToLost = (known: Contact, added: Added): Step => {
  const lostAt = known.lostAt ?? known.since
  const before = added.at < lostAt || (known.addedAt === null && added.at <= lostAt)
  if (!before) return { contact: again(known, added), change: 'added', first: known.firstAddedAt === null }
  if (!isLater(known, added)) return { contact: known, change: null, first: false }
  // The loss overtook its add.
  const contact = { ...again(known, added), state: known.state, since: known.since }
  return { contact, change: 'added', first: known.firstAddedAt === null }
}

const fresh = ({ rm, at, half, wecomState }: Added): Contact => ({
  rm,
  state: half ? 'half' : 'active',
  since: at,
  addedAt: at,
  firstAddedAt: at,
  lostAt: null,
  lostBy: null,
  wecomState,
})

const again = (known: Contact, added: Added): Contact => ({
  ...fresh(added),
  firstAddedAt: known.firstAddedAt ?? added.at,
  lostAt: known.lostAt,
  lostBy: known.lostBy,
})

type Lost = { rm: string; at: Date; by: LostBy }

/** The two are no longer connected; the loss of an earlier connection is counted and changes nothing. */
export const loseContact = (known: Contact | null, { rm, at, by }: Lost): Step => {
  if (known?.state === 'lost') return { contact: known, change: null, first: false }
  if (known?.addedAt && at < known.addedAt) return { contact: known, change: 'lost', first: false }
  const before = known ?? { rm, addedAt: null, firstAddedAt: null, wecomState: null }
  return {
    contact: { ...before, state: 'lost', since: at, lostAt: at, lostBy: by },
    change: 'lost',
    first: false,
  }
}

const date = (value: unknown): Date | null => (value ? new Date(value as string) : null)

export const contactFromRow = (row: Record<string, unknown>): Contact => ({
  rm: row['rm'] as string,
  state: row['state'] as Contact['state'],
  since: new Date(row['since'] as string),
  addedAt: date(row['added_at']),
  firstAddedAt: date(row['first_added_at']),
  lostAt: date(row['lost_at']),
  lostBy: row['lost_by'] as LostBy | null,
  wecomState: row['wecom_state'] as string | null,
})
