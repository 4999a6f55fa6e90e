import { act } from './api.js'
import { bubbles } from './bubbles.js'
import { preview } from './content.js'
import { el } from './dom.js'
import { customerName, hourOrDay } from './people.js'
import { row } from './rm-row.js'

const tags = {
  full: { kind: 'contact', text: '联系人' },
  half: { kind: 'pool', text: '待通过' },
  asked: { kind: 'pool', text: '待通过' },
  lost_by_customer: { kind: 'ended', text: '已删除您' },
}

/** His remark is often the bank's name for the customer: then both, too. */
const nameOf = ({ remark, nickname, externalUserId }) =>
  remark && remark !== nickname ? `${remark}（${nickname}）` : customerName(externalUserId)

/** The customers whom an RM has as contacts; who has deleted him stays on his list, as in WeCom. */
export const contactRows = (contacts, open) =>
  contacts
    .filter(({ phase }) => phase in tags)
    .map((contact) =>
      row({
        testid: 'contact-item',
        data: { customer: contact.externalUserId, phase: contact.phase },
        name: nameOf(contact),
        picture: contact.nickname,
        note: contact.last ? preview(contact.last.type, contact.last.payload) : '还没有聊过',
        time: hourOrDay(contact.last?.at ?? contact.since),
        tag: tags[contact.phase],
        onOpen: () => open(contact.externalUserId),
      }),
    )

/** The private chat with a contact. */
export const contactLines = (contact) => {
  if (!contact) return [el('div', { class: 'note' }, '已不是联系人。')]
  return contact.lines.length > 0 ? bubbles(contact, { mine: 'servicer' }) : [notYet()]
}

export const notYet = () => el('div', { class: 'note' }, '已是联系人，还没有聊过。')

/** What he can do with a contact who has added him and waits. */
export const contactTools = (contact, ask) =>
  contact && ['half', 'asked'].includes(contact.phase)
    ? [
        el(
          'button',
          {
            type: 'button',
            data: { testid: 'contact-accept' },
            on: { click: () => void act('servicer/accepts', ask) },
          },
          '通过',
        ),
      ]
    : []
