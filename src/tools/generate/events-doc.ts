import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { ownKinds } from '../../dispatch/events.ts'
import { code, generatedBy, page, table } from './markdown.ts'
import { commentOf, typesOf, typeText } from './types-of.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const events = 'src/dispatch/events.ts'

export type EventLine = { kind: string; comment: string; fields: { name: string; type: string; optional: boolean }[] }

/** docs/events.md: every event that a handler can be written for, with the fields as the handler's types have them. */
export const eventsDoc = (): string => {
  const lines = eventLines().sort((a, b) => (a.kind < b.kind ? -1 : 1))
  const rows = lines.map(({ kind, comment, fields }) => [
    code(kind),
    wecomName(kind, fields),
    fieldsText(fields),
    comment,
    handlerOf(kind),
  ])
  return page(
    '# Events',
    generatedBy,
    'A handler is a file: `handlers/kf/text.ts` handles `kf/text`. An event without one is recorded and otherwise left alone; a file with a ' +
      "name that is not in this table stops the start with a sentence. Fields keep WeCom's names; common ones are not repeated: kf events " +
      'have `msgid`, `open_kfid`, `send_time` and (all but servicer_status_change) `external_userid`, app events `FromUserName` and `AgentID`.',
    table(['kind', "WeCom's name", 'fields', 'what it is', 'handler'], rows),
    'Two callbacks are no events of their own: `kf_msg_or_event` is a doorbell, answered by a pull of the account, and ' +
      '`kf_account_auth_change` makes the list of accounts be read again. Every other callback or message type is kept raw and shown as ignored.',
  )
}

const common = new Set([
  'msgid',
  'open_kfid',
  'send_time',
  'external_userid',
  'msgtype',
  'FromUserName',
  'AgentID',
  'MsgId',
])

const fieldsText = (fields: EventLine['fields']): string =>
  fields
    .filter(({ name }) => !common.has(name))
    .map(({ name, type, optional }) => code(`${name}${optional ? '?' : ''}: ${type}`))
    .join('<br>')

const contactEvents: Readonly<Record<string, string>> = {
  contact: 'change_external_contact',
  group: 'change_external_chat',
  tag: 'change_external_tag',
  acquisition: 'customer_acquisition',
}

const wecomName = (kind: string, fields: EventLine['fields']): string => {
  const name = kind.slice(kind.indexOf('/') + 1)
  if (kind.startsWith('card/')) return 'Event `template_card_event`, task ' + code(`${name}@…`)
  if ((ownKinds as readonly string[]).includes(kind)) return "Yinqiao's own"
  const event = contactEvents[kind.slice(0, kind.indexOf('/'))]
  if (event) return `${code(event)}, ChangeType ${code(name)}`
  if (kind === 'kf/servicer_message') return 'any `msgtype`, origin 5'
  if (kind.startsWith('kf/'))
    return fields.some((field) => field.name === 'msgtype') ? `msgtype ${code(name)}` : `event_type ${code(name)}`
  return fields.some((field) => field.name === 'MsgId') ? `MsgType ${code(name)}` : `Event ${code(name)}`
}

const handlerOf = (kind: string): string => {
  const file = `handlers/${kind}.ts`
  return existsSync(join(root, file)) ? `[${file}](../${file})` : 'none'
}

/** Asks the compiler what `Events` is: the page says exactly what a handler gets. */
export const eventLines = (): EventLine[] => {
  const { checker, source } = typesOf(events)
  const alias = source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === 'Events')
  if (!alias || !ts.isTypeAliasDeclaration(alias)) throw new Error(`${events} declares no type Events`)
  return checker.getPropertiesOfType(checker.getTypeAtLocation(alias.name)).map((event) => ({
    kind: event.name,
    comment: commentOf(checker, event),
    fields: checker.getPropertiesOfType(checker.getTypeOfSymbol(event)).map((field) => ({
      name: field.name,
      type: typeText(checker, checker.getTypeOfSymbol(field)),
      optional: (field.flags & ts.SymbolFlags.Optional) !== 0,
    })),
  }))
}
