import { describe, expect, it } from 'vitest'
import { exampleCorp } from '../../src/simulator/example-corp.ts'
import { contactLab } from './contact-lab.ts'

const page = async () => {
  const place = await contactLab({ people: exampleCorp() })
  const show = async (path: string): Promise<unknown> => (await fetch(`${place.sim.url}/sim/${path}`)).json()
  const does = async (name: string, body: object): Promise<{ status: number; result: unknown }> => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${place.sim.url}/sim/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, result: ((await answer.json()) as { result: unknown }).result }
  }
  return { ...place, read: show, does }
}

describe('客户联系 over /sim', () => {
  it('plays from the code to the chat, and shows it to both phones', async () => {
    const { control, read, does, changes } = await page()
    const made = await does('contacts/make-way', { users: ['li.wei'], state: 'lobby' })
    const { qrCode } = made.result as { qrCode: string }
    expect(await read('entries')).toMatchObject({
      ways: [{ qrCode, state: 'lobby', members: [{ name: '李伟' }] }],
      links: [],
      quota: 500,
    })
    expect((await does('customer/scans', { customer: 'wm_bakery', code: qrCode })).result).toEqual({
      userid: 'li.wei',
      outcome: 'half',
    })
    expect(await read('contacts?userid=li.wei')).toMatchObject([
      { externalUserId: 'wm_bakery', nickname: '面包房老板', phase: 'half' },
    ])
    await does('servicer/accepts', { userid: 'li.wei', customer: 'wm_bakery' })
    await does('customer/tells', { customer: 'wm_bakery', userid: 'li.wei', text: '您好' })
    await does('servicer/tells', { userid: 'li.wei', customer: 'wm_bakery', text: '您好，我是李伟' })
    expect(await read('contacts?customer=wm_bakery')).toMatchObject([
      { member: '李伟', phase: 'full', last: { payload: { content: '您好，我是李伟' } } },
    ])
    expect(await read('contact?userid=li.wei&customer=wm_bakery')).toMatchObject({
      contact: { lines: [{}, {}, { from: 'customer' }, { from: 'servicer' }] },
    })
    expect(await read('contact?userid=li.wei&customer=wm_lin')).toEqual({ contact: null })
    await does('customer/deletes', { customer: 'wm_bakery', userid: 'li.wei' })
    expect((await does('customer/tells', { customer: 'wm_bakery', userid: 'li.wei', text: '?' })).status).toBe(409)
    expect(await changes()).toEqual(['add_half_external_contact', 'add_external_contact', 'del_follow_user'])
    expect(control.contacts.relation('li.wei', 'wm_bakery')?.phase).toBe('lost_by_customer')
  })

  it('a link, a member’s own edits, a group', async () => {
    const { read, does, changes } = await page()
    const { url } = (await does('contacts/make-link', { name: '手机银行', users: ['zhang.min'] })).result as {
      url: string
    }
    await does('customer/opens-acquisition', { customer: 'wm_chen', url })
    await does('customer/adds-by-link', { customer: 'wm_chen', url: `${url}?customer_channel=app1` })
    expect(await read('entries')).toMatchObject({ links: [{ name: '手机银行', clicks: 2, added: 1 }], quota: 499 })
    const tags = (await read('tags')) as { group_name: string; tag: { id: string; name: string }[] }[]
    expect(tags.map(({ group_name }) => group_name)).toEqual(['客户等级', '关注产品', '来源渠道'])
    expect(tags[0]?.tag.map(({ name }) => name)).toEqual(['普通', '金卡', '白金', '私行'])
    await does('servicer/edits', { userid: 'zhang.min', customer: 'wm_chen', add: [tags[0]?.tag[1]?.id] })
    const { chatId } = (await does('groups/create', { owner: 'zhang.min', name: '沙龙', members: ['wm_chen'] }))
      .result as { chatId: string }
    await does('groups/join', { chatId, ids: ['wm_lin'], scene: 3 })
    expect(await read('groups?id=wm_lin')).toMatchObject([
      { chatId, name: '沙龙', members: ['zhang.min', 'wm_chen', 'wm_lin'] },
    ])
    expect((await changes()).slice(-3)).toEqual(['edit_external_contact', 'create', 'update'])
  })

  it('the example bank’s old friendships are known to the API and to nobody’s callback', async () => {
    const { read, get, changes } = await page()
    expect(await read('contacts?userid=sun.li')).toMatchObject([
      { externalUserId: 'wm_qian', remark: '钱大海-养老', tags: ['白金', '理财'] },
    ])
    expect(await get('externalcontact/list', { userid: 'sun.li' })).toMatchObject({ external_userid: ['wm_qian'] })
    expect(await changes()).toEqual([])
  })
})
