import { preview } from './content.js'
import { el } from './dom.js'
import { customerName, hourOrDay } from './people.js'
import { row } from './rm-row.js'

const tags = {
  mine: { kind: 'mine', text: '接待中' },
  pool: { kind: 'pool', text: '待接入' },
  ended: { kind: 'ended', text: '已结束' },
  elsewhere: { kind: 'ended', text: '已转出' },
}

/** One of an RM's chats with a customer; `open` is told which one he taps. */
export const chatRow = (open) => (chat) =>
  row({
    testid: 'chat-item',
    data: { customer: chat.externalUserId, account: chat.openKfId, relation: chat.relation },
    name: customerName(chat.externalUserId),
    picture: chat.nickname,
    note: chat.last ? preview(chat.last.type, chat.last.payload) : '',
    time: hourOrDay(chat.at),
    tag: tags[chat.relation],
    badge: chat.relation === 'mine' && chat.waiting ? el('i', { class: 'badge dot' }) : null,
    onOpen: () => open(chat),
  })
