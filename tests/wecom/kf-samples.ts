/** One item of `msg_list` for every kind that is documented, in WeCom's own words (kf facts, sections 5 and 6). */
const ids = { open_kfid: 'wkSIM0000000000000000000000000001', external_userid: 'wmSIM0000000000000000000000000007' }
const at = { send_time: 1767225600 }

const message = (msgtype: string, payload: object) => ({
  msgid: `m_${msgtype}`,
  ...ids,
  ...at,
  origin: 3,
  msgtype,
  [msgtype]: payload,
})
const event = (event_type: string, fields: object) => ({
  msgid: `e_${event_type}`,
  ...at,
  origin: 4,
  msgtype: 'event',
  event: { event_type, ...ids, ...fields },
})

export const samples: Record<string, Record<string, unknown>> = {
  'kf/text': message('text', { content: '想了解经营贷款', menu_id: 'm_loan' }),
  'kf/image': message('image', { media_id: 'MEDIA1' }),
  'kf/voice': message('voice', { media_id: 'MEDIA2' }),
  'kf/video': message('video', { media_id: 'MEDIA3' }),
  'kf/file': message('file', { media_id: 'MEDIA4' }),
  'kf/location': message('location', { latitude: 31.2, longitude: 121.5, name: '外滩', address: '上海市黄浦区' }),
  'kf/link': message('link', { title: 't', desc: 'd', url: 'https://example.com', pic_url: 'https://example.com/p' }),
  'kf/business_card': message('business_card', { userid: 'Li.Wei' }),
  'kf/miniprogram': message('miniprogram', { title: 't', appid: 'wx1', pagepath: 'p.html', thumb_media_id: 'MEDIA5' }),
  'kf/msgmenu': message('msgmenu', {
    head_content: 'h',
    list: [{ type: 'click', click: { id: '1', content: 'a' } }],
    tail_content: 't',
  }),
  'kf/channels_shop_product': message('channels_shop_product', {
    product_id: 'p',
    title: 't',
    sales_price: '8',
    shop_nickname: 's',
    head_image: 'https://example.com/h',
    shop_head_image: 'https://example.com/s',
  }),
  'kf/channels_shop_order': message('channels_shop_order', {
    order_id: 'o',
    product_titles: 't',
    price_wording: '8.00',
    state: '已支付',
    image_url: 'https://example.com/i',
    shop_nickname: 's',
  }),
  'kf/merged_msg': message('merged_msg', {
    title: '聊天记录',
    item: [
      {
        send_time: 1767225500,
        msgtype: 'text',
        sender_name: 'a',
        msg_content: '{"msgtype":"text","text":{"content":"b"}}',
      },
    ],
  }),
  'kf/channels': message('channels', { sub_type: 1, nickname: 'n', title: 't' }),
  'kf/meeting': message('meeting', { anything: 1 }),
  'kf/schedule': { msgid: 'm_schedule', ...ids, ...at, origin: 3, msgtype: 'schedule' },
  'kf/note': { msgid: 'm_note', ...ids, ...at, origin: 3, msgtype: 'note' },
  'kf/servicer_message': { ...message('text', { content: '您好' }), origin: 5, servicer_userid: 'Li.Wei' },
  'kf/enter_session': event('enter_session', {
    scene: 'app_home',
    scene_param: 'cmp17.ch3',
    welcome_code: 'WC1',
    wechat_channels: { scene: 4, shop_nickname: 's' },
  }),
  'kf/msg_send_fail': event('msg_send_fail', { fail_msgid: 'o_1', fail_type: 10 }),
  'kf/servicer_status_change': {
    ...event('servicer_status_change', {}),
    event: {
      event_type: 'servicer_status_change',
      open_kfid: ids.open_kfid,
      servicer_userid: 'Li.Wei',
      status: 2,
      stop_type: 1,
    },
  },
  'kf/session_status_change': event('session_status_change', {
    change_type: 2,
    old_servicer_userid: 'Li.Wei',
    new_servicer_userid: 'Wang.Fang',
    msg_code: 'PC1',
  }),
  'kf/user_recall_msg': event('user_recall_msg', { recall_msgid: 'm_1' }),
  'kf/servicer_recall_msg': event('servicer_recall_msg', { recall_msgid: 'm_2', servicer_userid: 'Li.Wei' }),
  'kf/reject_customer_msg_switch_change': event('reject_customer_msg_switch_change', {
    servicer_userid: 'Li.Wei',
    reject_switch: 1,
  }),
}

export const sample = (kind: string): Record<string, unknown> => {
  const found = samples[kind]
  if (!found) throw new Error(`no sample of ${kind}`)
  return structuredClone(found)
}
export const sampleIds = {
  openKfId: ids.open_kfid,
  externalUserId: ids.external_userid,
  at: new Date(at.send_time * 1000),
}
