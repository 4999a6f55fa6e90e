import { describe, test } from 'vitest'
import type { z } from 'zod'
import * as kf from '../../src/wecom/endpoints/kf.ts'
import { accepted, refused } from './asks.ts'

const click = (id: string) => ({ type: 'click', click: { id, content: 'x' } })

describe('the other kf calls', () => {
  const on = kf.sendKfMessageOnEvent.ask
  const month = { start_time: 1767225600, end_time: 1767225600 + 30 * 86_400 }

  test.each<[string, z.ZodType, object]>([
    ['closing words', on, { code: 'C', msgtype: 'text', text: { content: 'x' } }],
    ['a survey', on, { code: 'C', msgid: 'o_1', msgtype: 'msgmenu', msgmenu: { list: [click('1')] } }],
    ['a first pull', kf.syncKfMessages.ask, { open_kfid: 'wk1' }],
    [
      'a pull with everything',
      kf.syncKfMessages.ask,
      { open_kfid: 'wk1', cursor: 'c'.repeat(64), token: 't'.repeat(128), limit: 1000, voice_format: 0 },
    ],
    ['an empty cursor', kf.syncKfMessages.ask, { open_kfid: 'wk1', cursor: '' }],
    [
      'to a servicer',
      kf.transServiceState.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', service_state: 3, servicer_userid: 'li.wei' },
    ],
    ['to the pool', kf.transServiceState.ask, { open_kfid: 'wk1', external_userid: 'wm1', service_state: 2 }],
    ['a name of 16 characters', kf.addKfAccount.ask, { name: '银'.repeat(16), media_id: 'M' }],
    ['a department', kf.addServicers.ask, { open_kfid: 'wk1', department_id_list: [4294967296] }],
    ['100 servicers', kf.addServicers.ask, { open_kfid: 'wk1', userid_list: Array(100).fill('a') }],
    ['a link with a scene', kf.addKfContactWay.ask, { open_kfid: 'wk1', scene: 'app_home-1' }],
    [
      '100 profiles',
      kf.batchGetKfCustomers.ask,
      { external_userid_list: Array(100).fill('wm1'), need_enter_session_context: 1 },
    ],
    [
      'a member to recommend',
      kf.upgradeService.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', type: 1, member: { userid: 'a', wording: 'w' } },
    ],
    [
      'a group to recommend',
      kf.upgradeService.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', type: 2, groupchat: { chat_id: 'wr1' } },
    ],
    ['a month of figures', kf.getKfServicerStatistic.ask, { servicer_userid: 'a', ...month }],
  ])('%s', (_, schema, ask) => accepted(schema, ask))

  test.each<[string, z.ZodType, object, string]>([
    ['an image with a code', on, { code: 'C', msgtype: 'image', image: { media_id: 'M' } }, 'msgtype'],
    ['no code', on, { code: '', msgtype: 'text', text: { content: 'x' } }, 'code'],
    [
      'a customer beside the code',
      on,
      { code: 'C', touser: 'wm1', msgtype: 'text', text: { content: 'x' } },
      'Unrecognized key: "touser"',
    ],
    ['a pull of no account', kf.syncKfMessages.ask, { cursor: 'c' }, 'open_kfid'],
    ['a page of 1,001', kf.syncKfMessages.ask, { open_kfid: 'wk1', limit: 1001 }, 'limit'],
    ['a cursor of 65 bytes', kf.syncKfMessages.ask, { open_kfid: 'wk1', cursor: 'c'.repeat(65) }, 'cursor'],
    [
      'state 3 without a servicer',
      kf.transServiceState.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', service_state: 3 },
      'servicer_userid: state 3',
    ],
    [
      'state 5',
      kf.transServiceState.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', service_state: 5 },
      'service_state',
    ],
    ['a name of 17', kf.addKfAccount.ask, { name: '银'.repeat(17), media_id: 'M' }, 'name'],
    ['nobody', kf.addServicers.ask, { open_kfid: 'wk1' }, 'userid_list: name at least one'],
    ['101 servicers', kf.addServicers.ask, { open_kfid: 'wk1', userid_list: Array(101).fill('a') }, 'userid_list'],
    [
      '21 departments',
      kf.addServicers.ask,
      { open_kfid: 'wk1', department_id_list: Array(21).fill(1) },
      'department_id_list',
    ],
    ['a scene with a dot', kf.addKfContactWay.ask, { open_kfid: 'wk1', scene: 'a.b' }, 'scene'],
    ['a scene of 33', kf.addKfContactWay.ask, { open_kfid: 'wk1', scene: 'a'.repeat(33) }, 'scene'],
    [
      '101 profiles',
      kf.batchGetKfCustomers.ask,
      { external_userid_list: Array(101).fill('wm1') },
      'external_userid_list',
    ],
    [
      'a group of type 1',
      kf.upgradeService.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', type: 1, groupchat: { chat_id: 'wr1' } },
      'member',
    ],
    ['32 days and more', kf.getKfCorpStatistic.ask, { ...month, end_time: month.start_time + 32 * 86_400 }, 'end_time'],
    ['an end before the start', kf.getKfCorpStatistic.ask, { ...month, end_time: 0 }, 'end_time'],
    [
      'a userid with a blank',
      kf.transServiceState.ask,
      { open_kfid: 'wk1', external_userid: 'wm1', service_state: 3, servicer_userid: 'li wei' },
      'servicer_userid',
    ],
  ])('%s is refused', (_, schema, ask, at) => refused(schema, ask, at))
})
