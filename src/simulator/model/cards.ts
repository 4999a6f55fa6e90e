import { hour, seconds } from './clock.ts'
import { findMember } from './find.ts'
import { Impossible, impossibleIf, refuseIf, Refused } from './refused.ts'
import type { Member, Payload, Push, StaffMessage, World } from './world.ts'

const lives = 72 * hour

/** For one update of a card: given when it is sent and with every click. */
export const issueResponseCode = (world: World, msgid: string, userids: string[]): string => {
  const value = world.chance.text(64)
  world.responseCodes.set(value, { value, msgid, userids, expiresAt: world.now() + lives, used: false })
  return value
}

export type CardUpdate = {
  responseCode: string
  agentid: number
  userids: string[]
  atall: boolean
  replaceName?: string | undefined
  card?: Payload | undefined
}

/** update_template_card: greys the buttons out or puts another card in their place; names who had no such card. */
export const updateCard = (world: World, ask: CardUpdate): { invaliduser: string[] } => {
  refuseIf(ask.agentid !== world.corp.agentId, 40056, 'invalid agentid')
  const code = world.responseCodes.get(ask.responseCode)
  if (!code || code.used || code.expiresAt < world.now()) throw new Refused(60140, 'invalid response_code')
  const wanted = ask.atall ? code.userids : ask.userids.map((userid) => userid.toLowerCase())
  const known = wanted.filter((userid) => code.userids.includes(userid))
  refuseIf(known.length === 0, 82102, 'update targets did not receive the card')
  code.used = true
  for (const userid of known) redraw(world, { userid, msgid: code.msgid, ask })
  return { invaliduser: wanted.filter((userid) => !known.includes(userid)) }
}

const redraw = (world: World, { userid, msgid, ask }: { userid: string; msgid: string; ask: CardUpdate }): void => {
  const message = findMember(world, userid)?.inbox.find((shown) => shown.msgid === msgid)
  if (!message?.card) return
  if (ask.card) message.body = { ...ask.card, task_id: message.card.taskId }
  const replaced = ask.replaceName ?? ask.card?.['replace_text']
  message.card.replaced = typeof replaced === 'string' ? replaced : null
  world.changed({ kind: 'redrawn', userid })
}

export type Click = { userid: string; msgid: string; key: string; selected?: Record<string, string[]> }

/** A member presses a button of a card (or an entry of its menu): the app hears of it, with a new response_code. */
export const clickCard = (world: World, click: Click): Push => {
  const member = findMember(world, click.userid)
  const message = member?.inbox.find((shown) => shown.msgid === click.msgid)
  if (!member || !message?.card) throw new Impossible(`${click.userid} has no card ${click.msgid}`)
  impossibleIf(message.card.replaced !== null, 'the buttons of this card are grey')
  const event = eventFor(message, click.key)
  const push = cardEvent(world, { member, message, click, event })
  world.push(push)
  return push
}

type Keyed = { key?: string }
const keysOf = (list: unknown): string[] => ((list ?? []) as Keyed[]).flatMap(({ key }) => key ?? [])

const eventFor = ({ body }: StaffMessage, key: string): string => {
  const menu = (body['action_menu'] as { action_list?: Keyed[] } | undefined)?.action_list
  if (keysOf(menu).includes(key)) return 'template_card_menu_event'
  const submit = (body['submit_button'] as Keyed | undefined)?.key
  impossibleIf(submit !== key && !keysOf(body['button_list']).includes(key), `the card has no button ${key}`)
  return 'template_card_event'
}

type CardEvent = { member: Member; message: StaffMessage; click: Click; event: string }

const cardEvent = (world: World, { member, message, click, event }: CardEvent): Push => ({
  about: member.userid,
  agent: true,
  nodes: [
    ['ToUserName', world.corp.corpId],
    ['FromUserName', member.userid],
    ['CreateTime', seconds(world.now())],
    ['MsgType', 'event'],
    ['Event', event],
    ['EventKey', click.key],
    ['TaskId', message.card?.taskId ?? ''],
    ['CardType', String(message.body['card_type'])],
    ['ResponseCode', issueResponseCode(world, message.msgid, [member.userid])],
    ['AgentID', world.corp.agentId],
    ...selectedNodes(click.selected),
  ],
})

/** Nested nodes are written as ready XML below the name `SelectedItems`. */
const selectedNodes = (selected: Record<string, string[]> | undefined): Push['nodes'] => {
  if (!selected) return []
  const option = (id: string): string => `<OptionId><![CDATA[${id}]]></OptionId>`
  const items = Object.entries(selected).map(
    ([question, ids]) =>
      `<SelectedItem><QuestionKey><![CDATA[${question}]]></QuestionKey><OptionIds>${ids.map(option).join('')}</OptionIds></SelectedItem>`,
  )
  return [['<SelectedItems>', items.join('')]]
}
