import type { RosterRm } from '../../routing/model.ts'
import type { ContactOrigin } from '../contact-origin.ts'
import type { ContactEvent } from '../arrival/contact-books.ts'
import type { Step } from '../contact.ts'
import type { GatheredContact } from '../gather/gather-contact.ts'
import type { ActiveRules } from '../rules.ts'
import type { Manager } from '../turn/turn.ts'
import type { ChooseWelcome, Greeting } from './welcome-choice.ts'
import { fill } from '../words/words.ts'

type Ground = {
  choose: ChooseWelcome
  active: ActiveRules
  now: Date
  kind: string
  event: ContactEvent
  gathered: GatheredContact
  origin: ContactOrigin | null
  step: Step | null
  manager: Manager | RosterRm
}

/** The welcome of config/welcome.yaml for this customer and this RM, its placeholders filled in. */
export const greetingFor = (ground: Ground): Greeting => {
  const { choose, active, now, gathered, manager } = ground
  const { calendars, opening } = active.rules
  const { unnamed = '', ...greeting } = choose({ facts: factsOf(ground), now, calendars, opening })
  const values = {
    customer: gathered.customer.name?.trim() || unnamed,
    manager: manager.name,
    branch: manager.branch,
    account: gathered.entry?.account ?? '',
  }
  return { ...greeting, text: greeting.text === null ? null : fill(greeting.text, values) }
}

const factsOf = ({ kind, event, gathered, origin, step, manager }: Ground) => {
  const { customer, entry } = gathered
  const channel = origin?.channel ?? entry?.channel ?? customer.channel
  return {
    'customer.kind': customer.kind,
    ...(customer.tier && { 'customer.tier': customer.tier }),
    ...(customer.owner && { 'customer.owner': customer.owner }),
    ...(customer.branch && { 'customer.branch': customer.branch }),
    'customer.tags': customer.tags,
    'customer.known': customer.known,
    ...(channel && { 'channel.key': channel }),
    ...(entry?.campaign && { 'entry.campaign': entry.campaign }),
    ...(event.State && { 'contact.state': event.State }),
    'contact.invited': Boolean(origin?.invitation),
    'contact.half': kind === 'contact/add_half_external_contact',
    'contact.again': step?.change === 'added' && !step.first,
    'rm.userid': manager.userid,
    'rm.branch': manager.branch,
  }
}
