import { common, type Draft } from './draft.ts'

/** The customer of a contact event gets an RM of his own; where he had none the rules' `owner` finds him from now on. */
export const bookOwner = (draft: Draft, rm: string, why: string): void => {
  const { person } = draft.ground
  if (!person?.customerId) throw new Error('this effect needs the customer of a contact event')
  const from = person.owner
  if (from === rm) return
  draft.owner = { customerId: person.customerId, rm, from }
  draft.touchpoints.push({ ...common(draft), kind: 'owner.changed', rm, data: { from, why } })
}
