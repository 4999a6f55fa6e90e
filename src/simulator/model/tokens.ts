import { hour, second } from './clock.ts'
import { Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

const lives = 7200 * second

export type Tokens = {
  /** gettoken: the same token until it expires; 40013, 40001 for a stranger, 45009 for one who keeps guessing. */
  get(ask: { corpid: string; corpsecret: string; ip: string }): { access_token: string; expires_in: number }
  /** 41001 missing, 42001 expired or withdrawn, 40014 never given. */
  check(token: string | undefined): void
  /** WeCom withdraws the token before its time. */
  revoke(): void
  ticket(kind: 'corp' | 'agent'): { ticket: string; expires_in: number }
}

export const makeTokens = (world: World): Tokens => {
  const given = new Map<string, number>()
  const wrong = new Map<string, number[]>()
  let current = ''

  const checkSecret = ({ corpid, corpsecret, ip }: { corpid: string; corpsecret: string; ip: string }): void => {
    const recent = (wrong.get(ip) ?? []).filter((at) => at > world.now() - hour)
    refuseIf(recent.length >= world.settings.wrongSecretsAllowed, 45009, 'api freq out of limit, ip is blocked')
    refuseIf(corpid !== world.corp.corpId, 40013, 'invalid corpid')
    if (corpsecret === world.corp.secret) return
    wrong.set(ip, [...recent, world.now()])
    throw new Refused(40001, 'invalid credential')
  }
  const keep = (): number => {
    const until = given.get(current) ?? 0
    if (until > world.now()) return until
    current = world.chance.text(214)
    given.set(current, world.now() + lives)
    return world.now() + lives
  }

  return {
    get: (ask) => {
      checkSecret(ask)
      const until = keep()
      return { access_token: current, expires_in: Math.ceil((until - world.now()) / second) }
    },
    check: (token) => {
      if (!token) throw new Refused(41001, 'access_token missing')
      const expiresAt = given.get(token)
      if (expiresAt === undefined) throw new Refused(40014, 'invalid access_token')
      refuseIf(expiresAt <= world.now(), 42001, 'access_token expired')
    },
    revoke: () => {
      if (current) given.set(current, 0)
      current = ''
    },
    ticket: makeTickets(world),
  }
}

const ticketsPerHour = 100

/** The two kinds of tickets: each stays the same while it lives, both share the limit of an hour. */
const makeTickets = (world: World): Tokens['ticket'] => {
  const tickets = new Map<string, { ticket: string; expiresAt: number }>()
  let asked: number[] = []
  return (kind) => {
    asked = asked.filter((at) => at > world.now() - hour)
    refuseIf(asked.length >= ticketsPerHour, 45009, 'api freq out of limit')
    asked.push(world.now())
    const known = tickets.get(kind)
    const alive = known !== undefined && known.expiresAt > world.now()
    const held = alive ? known : { ticket: world.chance.text(86), expiresAt: world.now() + lives }
    tickets.set(kind, held)
    return { ticket: held.ticket, expires_in: Math.ceil((held.expiresAt - world.now()) / second) }
  }
}
