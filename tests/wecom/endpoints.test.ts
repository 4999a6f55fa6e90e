import { describe, expect, test } from 'vitest'
import { listUsers } from '../../src/wecom/endpoints/directory.ts'
import { endpoints } from '../../src/wecom/endpoints/index.ts'
import * as kf from '../../src/wecom/endpoints/kf.ts'
import { sendAppMessage } from '../../src/wecom/endpoints/message.ts'
import { getToken } from '../../src/wecom/endpoints/token.ts'
import { problems } from './asks.ts'

describe('the list', () => {
  test('each API once, with its official page', () => {
    const paths = endpoints.map((one) => one.path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths).toEqual([...paths].sort())
    for (const { path, doc } of endpoints) {
      expect(path).toMatch(/^[a-z_/]+$/)
      expect(doc).toMatch(/^https:\/\/developer\.work\.weixin\.qq\.com\/document\/path\/\d{5,6}$/)
    }
  })

  test('GET and POST are what WeCom wants', () => {
    const gets = endpoints.filter((one) => one.method === 'GET').map((one) => one.path)
    expect(gets).toEqual([
      'agent/get',
      'auth/getuserinfo',
      'department/get',
      'department/list',
      'department/simplelist',
      'externalcontact/customer_acquisition_quota',
      'externalcontact/get',
      'externalcontact/get_follow_user_list',
      'externalcontact/list',
      'get_api_domain_ip',
      'get_jsapi_ticket',
      'getcallbackip',
      'gettoken',
      'kf/customer/get_upgrade_service_config',
      'kf/servicer/list',
      'media/get',
      'tag/get',
      'tag/list',
      'ticket/get',
      'user/get',
      'user/list',
      'user/simplelist',
    ])
  })

  test('an unknown field is refused by every ask and kept out of no answer', () => {
    for (const { ask, answer, path } of endpoints) {
      // A union names the unknown discriminator first; all others name the key.
      expect(problems(ask, { surprise: 1 }), path).not.toEqual([])
      const { error } = answer.safeParse({ errcode: 0, errmsg: 'ok', surprise: 1 })
      expect(error?.issues.some((issue) => issue.code === 'unrecognized_keys') ?? false, path).toBe(false)
    }
  })
})

describe('answers', () => {
  test('what WeCom adds does not disturb, what it leaves out has a default', () => {
    expect(sendAppMessage.answer.parse({ errcode: 0, msgid: 'M', news: 1 })).toMatchObject({
      msgid: 'M',
      invaliduser: '',
    })
    expect(kf.syncKfMessages.answer.parse({ next_cursor: 'c' })).toMatchObject({ has_more: 0, msg_list: [] })
    expect(
      kf.listServicers.answer.parse({ servicer_list: [{ userid: 'Li.Wei', status: 0 }, { department_id: 2 }] }),
    ).toMatchObject({
      servicer_list: [{ userid: 'li.wei', status: 0 }, { department_id: 2 }],
    })
    expect(
      kf.getKfServicerStatistic.answer.parse({
        statistic_list: [{ stat_time: 1, statistic: { session_cnt: 2, reply_rate: 'n/a' } }, { stat_time: 2 }],
      }),
    ).toMatchObject({
      statistic_list: [{ statistic: { session_cnt: 2 } }, { stat_time: 2 }],
    })
  })

  test('items of sync_msg of any shape do not sink the page', () => {
    const page = { next_cursor: 'c', has_more: 1, msg_list: [null, 7, { msgtype: 'hologram' }, {}] }
    expect(kf.syncKfMessages.answer.parse(page)['msg_list']).toEqual(page.msg_list)
  })

  test('a customer of whom WeCom tells something odd does not sink the profiles of the others', () => {
    const odd = { external_userid: 'wm_odd', nickname: null, avatar: 7, gender: '1', unionid: null }
    const answer = kf.batchGetKfCustomers.answer.parse({
      customer_list: [odd, { external_userid: 'wm_b', nickname: '小林' }],
    })
    expect(answer.customer_list).toMatchObject([{ external_userid: 'wm_odd', nickname: '' }, { nickname: '小林' }])
    expect(answer.customer_list[0]?.unionid).toBeUndefined()
  })

  test('a session that nobody serves may carry an empty servicer', () => {
    expect(kf.getServiceState.answer.parse({ service_state: 1, servicer_userid: '' }).servicer_userid).toBeUndefined()
    expect(kf.getServiceState.answer.parse({ service_state: 3, servicer_userid: 'Li.Wei' }).servicer_userid).toBe(
      'li.wei',
    )
  })

  test('department ids beyond 2^31 keep their digits', () => {
    expect(
      listUsers.answer.parse({ userlist: [{ userid: 'a', department: [4294967296] }] }).userlist[0]?.department,
    ).toEqual([4294967296])
  })

  test('gettoken without a token is no answer', () => {
    expect(getToken.answer.safeParse({ errcode: 0, access_token: '' }).success).toBe(false)
  })
})
