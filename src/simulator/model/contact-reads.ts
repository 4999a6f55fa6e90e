import { seconds } from './clock.ts'
import { findRelation, relationsOfCustomer, relationsOfMember } from './contact-book.ts'
import { contactMember } from './contact-range.ts'
import { liveTag } from './contact-tags.ts'
import type { Relation } from './contact-types.ts'
import { knownCustomer } from './find.ts'
import { Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

/** Whether the member still has him in his list. */
const listed = (world: World, { phase }: Relation): boolean => {
  if (phase === 'half') return world.settings.halfListed
  if (phase === 'lost_by_customer') return world.settings.lostStillListed
  return phase === 'full'
}

const followers = (world: World): string[] =>
  [...world.members.values()]
    .filter((member) => member.hasContacts && member.visible && member.leftAt === null)
    .map(({ userid }) => userid)

export const followUsers = followers

const customersOf = (world: World, userid: string): Relation[] =>
  relationsOfMember(world, userid)
    .filter((relation) => listed(world, relation))
    .sort((a, b) => a.createdAt - b.createdAt)

/** externalcontact/list: 84061 for a member who has nobody. */
export const listCustomers = (world: World, userid: string): string[] => {
  const member = contactMember(world, userid)
  const ids = customersOf(world, member.userid).map(({ externalUserId }) => externalUserId)
  refuseIf(ids.length === 0, 84061, 'not external contact')
  return ids
}

export const relationsOf = (world: World, userids: string[]): Relation[] =>
  userids.map((userid) => contactMember(world, userid).userid).flatMap((userid) => customersOf(world, userid))

/** Who follows a customer, as far as the app may see: 84061 when that is nobody. */
export const followersOf = (world: World, externalUserId: string): Relation[] => {
  knownCustomer(world, externalUserId)
  const seen = new Set(followers(world))
  const found = relationsOfCustomer(world, externalUserId).filter((one) => seen.has(one.userid) && listed(world, one))
  refuseIf(found.length === 0, 84061, 'not external contact')
  return found
}

/** A friendship that may be written to: 40096 unknown customer, 84061 no friendship (any more). */
export const ownRelation = (world: World, userid: string, externalUserId: string): Relation => {
  const member = contactMember(world, userid)
  knownCustomer(world, externalUserId)
  const relation = findRelation(world, member.userid, externalUserId)
  if (!relation || !listed(world, relation)) throw new Refused(84061, 'not external contact')
  return relation
}

export const shownContact = (world: World, externalUserId: string) => {
  const { nickname, avatar, gender, unionid, kind, corpName, position } = knownCustomer(world, externalUserId)
  return {
    external_userid: externalUserId,
    name: nickname,
    avatar,
    type: kind === 'wx' ? 1 : 2,
    gender,
    ...(kind === 'wx' && unionid && world.settings.unionidBound ? { unionid } : {}),
    ...(kind === 'wecom' && position ? { position } : {}),
    ...(kind === 'wecom' && corpName ? { corp_name: corpName, corp_full_name: corpName } : {}),
  }
}

export const shownRelation = (relation: Relation) => ({
  userid: relation.userid,
  remark: relation.remark,
  description: relation.description,
  createtime: seconds(relation.createdAt),
  ...(relation.remarkCompany === '' ? {} : { remark_corp_name: relation.remarkCompany }),
  remark_mobiles: relation.mobiles,
  add_way: relation.addWay,
  oper_userid: relation.operator,
  ...(relation.state === '' ? {} : { state: relation.state }),
})

export const shownTags = (world: World, { tags }: Relation) =>
  [...tags].flatMap((id) => {
    const found = liveTag(world, id)
    return found ? [{ group_name: found.group.name, tag_name: found.tag.name, tag_id: id, type: 1 }] : []
  })
