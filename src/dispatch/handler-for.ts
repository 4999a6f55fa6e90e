import type { Arrival } from './arrival/arrival.ts'
import type { Handlers } from './handlers.ts'
import type { Handler } from './turn/turn.ts'

/**
 * The handler for this arrival. A card's task is `<what>@<about>@<when>`: a tap on `offer@…` goes to `handlers/card/offer.ts`,
 * and to `app/template_card_event` only when no card is called so.
 */
export const handlerFor = (handlers: Handlers, { kind, event }: Arrival): Handler | undefined => {
  const card = kind === 'app/template_card_event' && (event as { TaskId: string }).TaskId.split('@')[0]
  return (card && handlers.get(`card/${card}`)) || handlers.get(kind)
}
