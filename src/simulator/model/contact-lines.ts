import type { ContactLine, Relation } from './contact-types.ts'
import type { Payload, World } from './world.ts'

type NewLine = Pick<ContactLine, 'from' | 'type' | 'payload'>

export const system = (content: string): NewLine => ({ from: 'system', type: 'text', payload: { content } })
export const said = (from: 'customer' | 'servicer', type: string, payload: Payload): NewLine => ({
  from,
  type,
  payload,
})

/** What both phones show of a private chat, in order. */
export const addContactLine = (world: World, relation: Relation, line: NewLine): ContactLine => {
  const servicer = line.from === 'servicer' ? relation.userid : null
  const shown: ContactLine = { ...line, servicer, msgid: world.chance.text(26), at: world.now(), status: 'shown' }
  relation.lines.push(shown)
  const { externalUserId, userid } = relation
  world.changed({ kind: 'contact', from: line.from, externalUserId, userid })
  return shown
}
