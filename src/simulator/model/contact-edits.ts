import { findRelation, isAlive } from './contact-book.ts'
import { tellContact } from './contact-events.ts'
import type { Relation } from './contact-types.ts'
import { liveTag } from './contact-tags.ts'
import { Impossible, Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

const perRelation = 3000

export type Remarks = {
  remark?: string | undefined
  description?: string | undefined
  remarkCompany?: string | undefined
  mobiles?: string[] | undefined
}
export type Edit = Remarks & { add?: string[] | undefined; remove?: string[] | undefined }

const write = (world: World, relation: Relation, edit: Edit): void => {
  relation.remark = edit.remark ?? relation.remark
  relation.description = edit.description ?? relation.description
  const isWecom = world.customers.get(relation.externalUserId)?.kind === 'wecom'
  if (!isWecom) relation.remarkCompany = edit.remarkCompany ?? relation.remarkCompany
  relation.mobiles = edit.mobiles?.filter((mobile) => mobile !== '') ?? relation.mobiles
  for (const id of edit.remove ?? []) relation.tags.delete(id)
  for (const id of edit.add ?? []) relation.tags.add(id)
  world.changed({ kind: 'contact', externalUserId: relation.externalUserId, userid: relation.userid })
}

/** By API: no callback comes of it. */
export const editByApi = (world: World, relation: Relation, edit: Edit): void => {
  const tags = [...(edit.add ?? []), ...(edit.remove ?? [])]
  for (const id of tags) if (!liveTag(world, id)) throw new Refused(40068, 'invalid tagid')
  const many = new Set([...relation.tags, ...(edit.add ?? [])]).size
  refuseIf(many > perRelation, 40058, 'too many tags')
  write(world, relation, edit)
  if (world.settings.apiEditsEmitEvents) tellContact(world, 'edit_external_contact', relation)
}

/** By the member in his client, or by an admin: edit_external_contact, unless only the mobiles changed. */
export const editInClient = (world: World, who: { userid: string; externalUserId: string }, edit: Edit): void => {
  const relation = findRelation(world, who.userid, who.externalUserId)
  if (!isAlive(relation)) throw new Impossible(`${who.externalUserId} is no contact of ${who.userid}`)
  const unknown = [...(edit.add ?? []), ...(edit.remove ?? [])].find((id) => !liveTag(world, id))
  if (unknown !== undefined) throw new Impossible(`there is no tag ${unknown}`)
  write(world, relation, edit)
  const { mobiles: _, ...others } = edit
  if (Object.values(others).some((value) => value !== undefined)) tellContact(world, 'edit_external_contact', relation)
}
