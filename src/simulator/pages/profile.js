import { act, read } from './api.js'
import { el, toast } from './dom.js'
import { avatar, member, world } from './people.js'

/** Codes and links that lead to a manager, as the simulator knows them; null for an address that leads elsewhere. */
const entryOf = async (url) => {
  const { ways = [], links = [] } = (await read('entries')) ?? {}
  const link = links.find((one) => url === one.url || url.startsWith(`${one.url}?`))
  if (link)
    return { userid: link.members[0]?.userid, add: (customer) => act('customer/adds-by-link', { customer, url }) }
  const way = ways.find((one) => one.qrCode === url)
  return way
    ? { userid: way.members[0]?.userid, add: (customer) => act('customer/scans', { customer, code: url }) }
    : null
}

/** True for what opens a manager's profile inside WeChat instead of a web page. */
export const leadsToProfile = (url) =>
  /^https:\/\/(work\.weixin\.qq\.com\/ca|open\.work\.weixin\.qq\.com\/wwopen\/userQRCode)/.test(String(url))

/** Whose profile an address opens, and how he is added; a word to the person when it opens none. */
export const profileBehind = async (url) => {
  const found = await entryOf(url)
  if (!found?.userid) toast('这个链接已经失效')
  return found?.userid ? found : null
}

/** A manager's profile as WeChat shows it before he is added. */
export const profile = ({ userid, add }) => {
  const person = member(userid)
  const name = person?.name ?? userid
  return [
    el(
      'section',
      { class: 'profile' },
      el(
        'div',
        { class: 'profile-head' },
        avatar(name),
        el('div', {}, el('strong', {}, name), el('em', { class: 'at' }, `@${world.corp}`)),
      ),
      el(
        'dl',
        {},
        el('dt', {}, '企业'),
        el('dd', {}, world.corp),
        el('dt', {}, '部门'),
        el('dd', {}, person?.department ?? ''),
        el('dt', {}, '职务'),
        el('dd', {}, person?.position ?? ''),
      ),
      el(
        'button',
        { type: 'button', class: 'add', data: { testid: 'profile-add' }, on: { click: add } },
        '添加到通讯录',
      ),
    ),
  ]
}
