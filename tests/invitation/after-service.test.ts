import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const day = 24 * 3_600_000
const link = 'https://wework.qpic.cn/wwpic/liwei'
const inviting = { ...smallRules, invitation: { default: 'after-service', ways: ['contact-way', 'upgrade'] } }

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: inviting })
  await world.pool.query(`insert into manager_links (rm, via, ref, url) values
    ('li.wei', 'contact-way', 'cfg1', '${link}')`)
})
afterAll(() => world.stop())

/** He asks, his manager answers and ends the session in WeCom. */
const served = async (name: string, manager = 'li.wei'): Promise<void> => {
  world.customer(name).writes('想了解经营贷款')
  await world.settle()
  world.rm(manager).replies(world.account, name, '您好')
  world.rm(manager).ends(world.account, name)
  await world.settle()
}
const invitations = async (name: string) =>
  (
    await world.pool.query(
      'select rm, by, via, channel, sent_at is not null as sent, failed, state from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows
const invited = async (name: string) =>
  (
    await world.pool.query(
      "select rm, data from touchpoints where external_userid = $1 and kind = 'contact.invited' order by id",
      [name],
    )
  ).rows

describe('after a conversation', () => {
  test('the closing words invite him to add the manager who has answered', async () => {
    await served('wm_bakery')
    const [invitation] = await invitations('wm_bakery')
    expect(invitation).toMatchObject({ rm: 'li.wei', by: 'after-service', via: 'contact-way', sent: true })
    const last = world.customer('wm_bakery').sees().at(-1)
    expect(last).toContain('感谢您的咨询')
    expect(last).toContain('添加客户经理李伟')
    expect(last).toContain(`${link}`)
    expect(invitation.state).toMatch(/^i[0-9a-f]{19}$/)
    expect(await invited('wm_bakery')).toEqual([
      { rm: 'li.wei', data: { invitationId: expect.any(String), via: 'contact-way', by: 'after-service' } },
    ])
  })

  test('not again within thirty days, then again', async () => {
    await served('wm_bakery')
    expect(world.customer('wm_bakery').sees().at(-1)).not.toContain(link)
    expect(await invitations('wm_bakery')).toHaveLength(1)
    await world.advance(31 * day)
    await served('wm_bakery')
    expect(await invitations('wm_bakery')).toHaveLength(2)
  })

  test('nobody is invited to add a manager who never answered', async () => {
    world.customer('wm_unanswered').writes('在吗')
    await world.settle()
    const { rm } = await world.conversation('wm_unanswered')
    world.rm(rm as string).ends(world.account, 'wm_unanswered')
    await world.settle()
    expect(world.customer('wm_unanswered').sees().at(-1)).toContain('感谢您的咨询')
    expect(await invitations('wm_unanswered')).toEqual([])
  })

  test('whoever is his contact, or was, is not invited', async () => {
    for (const state of ['active', 'lost']) {
      const name = `wm_contact_${state}`
      await world.pool.query(
        `with c as (insert into customers (external_userid, owner, kind) values ($1, 'li.wei', 'sme') returning id)
        insert into contacts (customer_id, rm, state, since) select id, 'li.wei', '${state}', now() from c`,
        [name],
      )
      await served(name)
      expect(await invitations(name)).toEqual([])
      expect(await invited(name)).toEqual([])
    }
  })

  test('who says that he does not want it is not asked again', async () => {
    await world.pool.query("insert into customers (external_userid, owner, kind) values ('wm_no', 'li.wei', 'sme')")
    await served('wm_no')
    world.customer('wm_no').clicks('invite_decline')
    await world.settle()
    expect(world.customer('wm_no').sees().at(-1)).toContain('不再提醒')
    expect(world.rings('li.wei').filter((ring) => ring.includes('暂时不用'))).toEqual([])
    await world.advance(40 * day)
    await served('wm_no')
    expect(await invitations('wm_no')).toHaveLength(1)
  })

  test('a manager whom he shall avoid does not invite him', async () => {
    await world.pool.query(
      "insert into customers (external_userid, owner, kind, avoid) values ('wm_avoids', 'li.wei', 'sme', '{wang.fang}')",
    )
    await world.pool.query("update customers set avoid = '{li.wei}' where external_userid = 'wm_avoids'")
    world.customer('wm_avoids').writes('想了解经营贷款')
    await world.settle()
    const { rm } = await world.conversation('wm_avoids')
    expect(rm).not.toBe('li.wei')
    await world.pool.query("update customers set avoid = avoid || $1 where external_userid = 'wm_avoids'", [[rm]])
    world.rm(rm as string).replies(world.account, 'wm_avoids', '您好')
    world.rm(rm as string).ends(world.account, 'wm_avoids')
    await world.settle()
    expect(await invitations('wm_avoids')).toEqual([])
  })

  test('without a link he gets his closing words all the same, and may be invited next time', async () => {
    await world.pool.query(
      "insert into customers (external_userid, owner, kind) values ('wm_nolink', 'wang.fang', 'sme')",
    )
    await world.pool.query(`insert into manager_links (rm, via, trouble, trouble_at) values
      ('wang.fang', 'contact-way', 'no', now())`)
    await served('wm_nolink', 'wang.fang')
    expect(world.customer('wm_nolink').sees().at(-1)).toContain('感谢您的咨询')
    expect(await invitations('wm_nolink')).toMatchObject([
      { sent: false, via: null, failed: expect.stringContaining('no link') },
    ])
    expect(await invited('wm_nolink')).toEqual([])
    await world.pool.query("update manager_links set url = $1, trouble = null where rm = 'wang.fang'", [link])
    await served('wm_nolink', 'wang.fang')
    expect(await invitations('wm_nolink')).toMatchObject([{ sent: false }, { sent: true }])
  })

  test('an admin ends it: the words with the end code invite, too', async () => {
    await world.pool.query("insert into customers (external_userid, owner, kind) values ('wm_admin', 'li.wei', 'sme')")
    world.customer('wm_admin').writes('想了解经营贷款')
    await world.settle()
    world.rm('li.wei').replies(world.account, 'wm_admin', '您好')
    await world.settle()
    const { id } = await world.conversation('wm_admin')
    expect((await world.api('POST', `/conversations/${id}/close`, { reason: '已办结' })).status).toBe(200)
    await world.settle()
    expect(world.customer('wm_admin').sees().at(-1)).toContain(link)
    expect(await invited('wm_admin')).toHaveLength(1)
  })

  test('the answer to the closing words gets lost: he is invited, once, and the books know it', async () => {
    await world.pool.query("insert into customers (external_userid, owner, kind) values ('wm_lost', 'li.wei', 'sme')")
    world.wecom.faults.add({ path: 'kf/send_msg_on_event', does: 'drop', times: 1 })
    await served('wm_lost')
    world.wecom.faults.clear()
    const closings = world
      .customer('wm_lost')
      .sees()
      .filter((line) => line.includes(link))
    expect(closings).toHaveLength(1)
    expect(await invitations('wm_lost')).toMatchObject([{ via: 'contact-way', sent: true, failed: null }])
    expect(await invited('wm_lost')).toHaveLength(1)
  })
})

test('operations see at /metrics what was sent and what failed', async () => {
  const text = await (await fetch(`${world.app.url}/metrics`)).text()
  const { rows } = await world.pool.query(
    'select count(*) filter (where sent_at is not null)::int as sent, count(*) filter (where failed is not null)::int as failed from invitations',
  )
  expect(text).toContain(
    `yinqiao_invitations_total{outcome="sent",by="after-service",how="contact-way"} ${rows[0].sent}\n`,
  )
  expect(text).toContain(
    `yinqiao_invitations_total{outcome="failed",by="after-service",how="no-link"} ${rows[0].failed}\n`,
  )
})
