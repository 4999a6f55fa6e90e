import { describe, expect, test } from 'vitest'
import { recallAppMessage, sendAppMessage, updateTemplateCard } from '../../src/wecom/endpoints/message.ts'
import { accepted, refused, wide } from './asks.ts'

const app = (msgtype: string, payload: object, more: object = {}) => ({
  touser: 'a',
  agentid: 1,
  msgtype,
  [msgtype]: payload,
  ...more,
})
const url = 'https://example.com/x'
const action = { type: 1, url }
const cards: Record<string, object> = {
  text_notice: { card_type: 'text_notice', main_title: { title: '新客户咨询' }, card_action: action },
  news_notice: {
    card_type: 'news_notice',
    main_title: { title: '活动' },
    card_image: { url, aspect_ratio: 2.25 },
    card_action: action,
  },
  button_interaction: {
    card_type: 'button_interaction',
    main_title: { title: '商机待认领' },
    button_list: [
      { text: '认领', style: 1, key: 'claim' },
      { text: '转交', style: 2, key: 'pass' },
    ],
    task_id: 'lead_123',
  },
  vote_interaction: {
    card_type: 'vote_interaction',
    main_title: { title: '跟进结果' },
    checkbox: {
      question_key: 'q',
      mode: 0,
      option_list: [
        { id: 'a', text: '已联系' },
        { id: 'b', text: '未接通' },
      ],
    },
    submit_button: { text: '提交', key: 'ok' },
    task_id: 'fu_9',
  },
  multiple_interaction: {
    card_type: 'multiple_interaction',
    main_title: { title: '打标签' },
    select_list: [
      {
        question_key: 's',
        title: '意向',
        option_list: [
          { id: 'h', text: '高' },
          { id: 'l', text: '低' },
        ],
      },
    ],
    submit_button: { text: '提交', key: 'ok' },
    task_id: 'tag_9',
  },
}
const card = (type: string, change: object = {}) => app('template_card', { ...cards[type], ...change })
const button = (key: string) => ({ text: 'x', key })

describe('message/send', () => {
  const ask = sendAppMessage.ask

  test.each<[string, object]>([
    [
      'text',
      app('text', { content: wide(2048) }, { safe: 1, enable_duplicate_check: 1, duplicate_check_interval: 14_400 }),
    ],
    ['everybody', app('text', { content: 'x' }, { touser: '@all' })],
    ['1,000 members', app('text', { content: 'x' }, { touser: Array(1000).fill('Li.Wei').join('|') })],
    ['departments', { ...app('text', { content: 'x' }, { toparty: '1|2' }), touser: undefined }],
    ['image', app('image', { media_id: 'M' })],
    ['voice', app('voice', { media_id: 'M' })],
    ['video', app('video', { media_id: 'M', title: 't', description: 'd' })],
    ['file', app('file', { media_id: 'M' })],
    ['textcard', app('textcard', { title: 't', description: '<div class="gray">d</div>', url, btntxt: '更多详情' })],
    ['news', app('news', { articles: Array(8).fill({ title: 't', url }) })],
    ['news that opens a mini program', app('news', { articles: [{ title: 't', appid: 'wx', pagepath: 'p' }] })],
    ['mpnews', app('mpnews', { articles: [{ title: 't', thumb_media_id: 'M', content: 'c' }] }, { safe: 2 })],
    ['markdown', app('markdown', { content: '**x**' })],
    [
      'miniprogram_notice',
      app('miniprogram_notice', { appid: 'wx', title: 't', content_item: [{ key: 'k', value: 'v' }] }),
    ],
    ...Object.keys(cards).map((type): [string, object] => [type, card(type)]),
  ])('%s', (_, message) => accepted(ask, message))

  test.each<[string, object, string]>([
    ['nobody', { ...app('text', { content: 'x' }), touser: undefined }, 'touser: give touser'],
    ['1,001 members', app('text', { content: 'x' }, { touser: Array(1001).fill('a').join('|') }), 'touser'],
    ['a list of members', app('text', { content: 'x' }, { touser: ['a'] }), 'touser'],
    ['@all hidden in a name', app('text', { content: 'x' }, { touser: 'a|@all;b' }), 'touser'],
    ['101 departments', app('text', { content: 'x' }, { toparty: Array(101).fill('1').join('|') }), 'toparty'],
    ['a text of 2,049 bytes', app('text', { content: wide(2049) }), 'text.content'],
    ['9 articles', app('news', { articles: Array(9).fill({ title: 't', url }) }), 'news.articles'],
    ['an article that leads nowhere', app('news', { articles: [{ title: 't' }] }), 'news.articles.0.url'],
    [
      'a button text of 5',
      app('textcard', { title: 't', description: 'd', url, btntxt: '五个字太多' }),
      'textcard.btntxt',
    ],
    ['safe 2 outside mpnews', app('text', { content: 'x' }, { safe: 2 }), 'safe'],
    [
      'a day of duplicate check',
      app('text', { content: 'x' }, { duplicate_check_interval: 86_400 }),
      'duplicate_check_interval',
    ],
    ['a text_notice that leads nowhere', card('text_notice', { card_action: undefined }), 'template_card.card_action'],
    ['a text_notice without words', card('text_notice', { main_title: {} }), 'template_card.main_title'],
    [
      'a menu without a task',
      card('text_notice', { action_menu: { action_list: [button('a')] } }),
      'template_card.task_id',
    ],
    ['a news_notice without a picture', card('news_notice', { card_image: undefined }), 'template_card.card_image'],
    ['a picture too wide', card('news_notice', { card_image: { url, aspect_ratio: 3 } }), 'aspect_ratio'],
    ['buttons without a task', card('button_interaction', { task_id: undefined }), 'template_card.task_id'],
    ['a task with a blank', card('button_interaction', { task_id: 'a b' }), 'template_card.task_id'],
    ['a task of 129 bytes', card('button_interaction', { task_id: 'a'.repeat(129) }), 'template_card.task_id'],
    ['7 buttons', card('button_interaction', { button_list: [...'1234567'].map(button) }), 'template_card.button_list'],
    [
      'two buttons of one key',
      card('button_interaction', { button_list: [button('a'), button('a')] }),
      'button keys must differ',
    ],
    [
      'a button without a key',
      card('button_interaction', { button_list: [{ text: 'x' }] }),
      'template_card.button_list.0',
    ],
    [
      '21 options',
      card('vote_interaction', {
        checkbox: { question_key: 'q', option_list: [...Array(21).keys()].map((id) => ({ id: `${id}`, text: 'x' })) },
      }),
      'option_list',
    ],
    [
      'two options of one id',
      card('vote_interaction', {
        checkbox: {
          question_key: 'q',
          option_list: [
            { id: 'a', text: 'x' },
            { id: 'a', text: 'y' },
          ],
        },
      }),
      'option ids must differ',
    ],
    [
      '4 questions',
      card('multiple_interaction', {
        select_list: Array(4).fill({ question_key: 's', option_list: [{ id: 'a', text: 'x' }] }),
      }),
      'select_list',
    ],
    [
      '7 lines',
      card('text_notice', { horizontal_content_list: Array(7).fill({ keyname: 'k' }) }),
      'horizontal_content_list',
    ],
    [
      'a member line without the member',
      card('text_notice', { horizontal_content_list: [{ type: 3, keyname: 'k' }] }),
      'horizontal_content_list.0',
    ],
    ['a link line with an address', card('text_notice', { jump_list: [{ type: 1, title: 't' }] }), 'jump_list.0'],
    [
      'a field of another card',
      card('vote_interaction', { button_list: [button('a')] }),
      'Unrecognized key: "button_list"',
    ],
  ])('%s is refused', (_, message, at) => refused(ask, message, at))

  test('titles that are only advised to be short are cut, not refused', () => {
    const parsed = ask.parse(card('text_notice', { main_title: { title: '😀'.repeat(40), desc: '短' } }))
    expect(parsed).toMatchObject({ template_card: { main_title: { title: `${'😀'.repeat(35)}…`, desc: '短' } } })
  })

  test('userids go out in lower case', () => {
    expect(ask.parse(app('text', { content: 'x' }, { touser: 'Li.Wei|WANG' }))).toMatchObject({ touser: 'li.wei|wang' })
  })
})

describe('changing and recalling', () => {
  const ask = updateTemplateCard.ask
  const base = { userids: ['Li.Wei'], agentid: 1, response_code: 'RC' }

  test.each<[string, object]>([
    ['grey buttons', { ...base, button: { replace_name: '已认领' } }],
    [
      'another card',
      { ...base, template_card: { ...cards['button_interaction'], task_id: undefined, replace_text: '已提交' } },
    ],
    ['for everybody', { atall: 1, agentid: 1, response_code: 'RC', button: { replace_name: 'x' } }],
  ])('%s', (_, change) => accepted(ask, change))

  test.each<[string, object, string]>([
    ['both', { ...base, button: { replace_name: 'x' }, template_card: cards['text_notice'] }, 'button: give either'],
    ['neither', base, 'button: give either'],
    ['for nobody', { ...base, userids: [], button: { replace_name: 'x' } }, 'userids'],
    ['without a code', { ...base, response_code: '', button: { replace_name: 'x' } }, 'response_code'],
  ])('%s is refused', (_, change, at) => refused(ask, change, at))

  test('a recall names its message', () => {
    accepted(recallAppMessage.ask, { msgid: 'M' })
    refused(recallAppMessage.ask, {}, 'msgid')
  })
})
