import { expect, it } from 'vitest'
import { day } from '../../src/simulator/model/clock.ts'
import { callbackKinds, readCallback } from '../../src/wecom/events.ts'
import { contactLab } from './contact-lab.ts'

const families = /^(contact|group|tag|acquisition)\//

it('every callback of 客户联系 that the app reads can be made here, and every one made here is read', async () => {
  const { control, heard, of } = await contactLab({ settings: { linkTellsDeletes: true } })
  const { contacts } = control
  const [chen, li] = [control.customer('wm_chen'), control.servicer('rm_li')]

  const { 金卡: gold = '' } = contacts.addTags('客户等级', ['金卡'])
  contacts.renamesTag(gold, '白金')
  contacts.shufflesTags()
  const link = contacts.makeLink({ name: '手机银行', users: ['rm_li'] })
  contacts.setQuota(20, 14)
  contacts.tellExpiring()
  chen.addsByLink(`${link.url}?customer_channel=app`)
  for (const text of ['您好', '在吗', '想开户']) chen.tells('rm_li', text)
  chen.approvesArchive('rm_li')
  li.edits('wm_chen', { add: [gold] })
  await of('transfer_customer', { handover_userid: 'rm_li', takeover_userid: 'rm_wang', external_userid: ['wm_chen'] })
  contacts.refusesTransfer('wm_chen')
  chen.deletes('rm_li')
  li.deletesContact('wm_chen')
  contacts.setQuota(1)
  control.customer('wm_lin').addsByLink(link.url)
  contacts.setQuota(9)
  contacts.deletesTagGroup(contacts.tagGroups()[0]?.group_id ?? '')
  const chatId = contacts.groups.create({ owner: 'rm_wang', members: ['wm_lin'] })
  contacts.groups.joins(chatId, ['wm_chen'], { scene: 3 })
  contacts.groups.dismisses(chatId)
  contacts.deletesLink(contacts.makeLink({ name: 'x', users: ['rm_wang'] }).linkId)
  contacts.leaves('rm_li')
  control.clock.advance(day)

  await control.idle()
  const read = heard.map(({ xml }) => readCallback(xml))
  expect(read.filter(({ kind }) => kind === 'unknown')).toEqual([])
  const wanted = callbackKinds.filter((kind) => families.test(kind))
  expect(wanted.filter((kind) => !read.some((one) => one.kind === kind))).toEqual([])
})
