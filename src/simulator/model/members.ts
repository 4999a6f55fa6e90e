import { minute, seconds } from './clock.ts'
import { findMember } from './find.ts'
import { Impossible } from './refused.ts'
import type { Member, Push, World } from './world.ts'

/** The member, made on first mention (lower case, activated, visible, in the root department). */
export const memberNamed = (world: World, userid: string, given: Partial<Member> = {}): Member => {
  const known = findMember(world, userid)
  if (known) return Object.assign(known, given)
  const made: Member = {
    userid: userid.toLowerCase(),
    name: userid,
    departments: [1],
    position: '客户经理',
    activated: true,
    visible: true,
    realNamed: true,
    hasContacts: true,
    adminWelcome: false,
    contactCap: 5000,
    leftAt: null,
    inbox: [],
    said: [],
    arrivals: [],
    ...given,
  }
  world.members.set(made.userid, made)
  world.changed({ kind: 'member', userid: made.userid })
  return made
}

const fromMember = (world: World, userid: string, rest: Push['nodes']): Push => {
  const member = findMember(world, userid)
  if (!member?.visible) throw new Impossible(`${userid} does not see the app`)
  return {
    about: member.userid,
    agent: true,
    nodes: [
      ['ToUserName', world.corp.corpId],
      ['FromUserName', member.userid],
      ['CreateTime', seconds(world.now())],
      ...rest,
      ['AgentID', world.corp.agentId],
    ],
  }
}

/** He writes to the app: a callback with a MsgId of 64 bits. */
export const memberWrites = (world: World, userid: string, content: string): Push => {
  const msgId = `7${Array.from({ length: 18 }, () => world.chance.int(10)).join('')}`
  const push = fromMember(world, userid, [
    ['MsgType', 'text'],
    ['Content', content],
    ['MsgId', msgId],
  ])
  const member = findMember(world, userid)
  member?.said.push({ at: world.now(), text: content })
  if (member) world.changed({ kind: 'redrawn', userid: member.userid })
  world.push(push)
  return push
}

/** He taps a menu entry of the app (`click`), or opens the app (`enter_agent`). */
export const memberTriggers = (world: World, ask: { userid: string; event: string; key?: string }): Push => {
  const push = fromMember(world, ask.userid, [
    ['MsgType', 'event'],
    ['Event', ask.event],
    ['EventKey', ask.key ?? ''],
  ])
  world.push(push)
  return push
}

/** A code for auth/getuserinfo, as the login page hands it to the app: once, within five minutes. */
export const loginCode = (world: World, userid: string | null): string => {
  const value = world.chance.text(43)
  const openid = `o${world.chance.text(27)}`
  world.loginCodes.set(value, { value, userid, openid, expiresAt: world.now() + 5 * minute, used: false })
  return value
}
