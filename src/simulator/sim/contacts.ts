import type Router from 'koa-router'
import { relationView, relationViews } from '../control/relation-view.ts'
import type { RelationView } from '../control/relation-view.ts'
import { balance } from '../model/acquisition-quota.ts'
import { tagLibrary } from '../model/contact-tags.ts'
import { qrOf } from '../model/contact-ways.ts'
import type { World } from '../model/world.ts'

const nameOf = (world: World, userid: string) => ({ userid, name: world.members.get(userid)?.name ?? userid })

/** A row of a contact list: the friendship with its last line only. */
const row = ({ lines, ...rest }: RelationView) => ({ ...rest, last: lines.at(-1) ?? null })

/** Codes that can be scanned and links that can be opened, newest first, with what they brought. */
const entries = (world: World) => ({
  ways: [...world.contacts.ways.values()]
    .map((way) => ({
      configId: way.configId,
      qrCode: qrOf(way),
      scene: way.scene,
      remark: way.remark,
      state: way.state,
      skipVerify: way.skipVerify,
      members: way.users.map((userid) => nameOf(world, userid)),
    }))
    .reverse(),
  links: [...world.contacts.links.values()]
    .map((link) => ({
      linkId: link.linkId,
      name: link.name,
      url: link.url,
      available: link.available,
      members: link.users.map((userid) => nameOf(world, userid)),
      clicks: link.clicks.length,
      added: link.customers.length,
    }))
    .reverse(),
  quota: balance(world),
})

/** Groups in which a member or customer is. */
const groupsOf = (world: World, id: string) =>
  [...world.contacts.groups.values()]
    .filter((group) => !group.dismissed && group.members.some((member) => member.id === id))
    .map(({ chatId, name, owner, members }) => ({ chatId, name, owner, members: members.map((member) => member.id) }))

const text = (value: string | string[] | undefined): string => [value ?? ''].flat()[0] ?? ''

/**
 * 客户联系 for the phones page: `/sim/contacts?customer=` or `?userid=` a contact list, `/sim/contact?userid=&customer=` one
 * friendship with its chat (null when they never met), `/sim/entries` codes and links, `/sim/groups?id=`, `/sim/tags`.
 */
export const contactViews = (router: Router, world: World): void => {
  router.get('/contacts', (ctx) => {
    const [userid, customer] = [text(ctx.query['userid']), text(ctx.query['customer'])]
    const of = { ...(userid ? { userid } : {}), ...(customer ? { customer } : {}) }
    ctx.body = relationViews(world, of).map(row)
  })
  router.get('/contact', (ctx) => {
    // koa sends an empty answer for null; the page wants to read JSON.
    ctx.body = { contact: relationView(world, text(ctx.query['userid']), text(ctx.query['customer'])) }
  })
  router.get('/entries', (ctx) => void (ctx.body = entries(world)))
  router.get('/groups', (ctx) => void (ctx.body = groupsOf(world, text(ctx.query['id']))))
  router.get('/tags', (ctx) => void (ctx.body = tagLibrary(world, { tagIds: [], groupIds: [] })))
}
