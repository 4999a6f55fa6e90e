import { act } from './api.js'
import { el } from './dom.js'
import { world } from './people.js'

const button = (text, testid, click) => el('button', { type: 'button', data: { testid }, on: { click } }, text)

/** Colleagues who serve the same account; choosing one hands the customer over. */
const transfer = (ask, left) => {
  const colleagues = world.members.filter(
    ({ userid, accounts }) => userid !== ask.userid && accounts.some(({ openKfId }) => openKfId === ask.openKfId),
  )
  const options = colleagues.map(({ userid, name, department }) =>
    el('option', { value: userid }, `${name}（${department}）`),
  )
  const change = async (event) => {
    if (await act('servicer/transfers', { ...ask, to: event.target.value })) left()
  }
  return el(
    'select',
    { 'aria-label': '转接给', data: { testid: 'rm-transfer' }, on: { change } },
    el('option', { value: '' }, '转接'),
    options,
  )
}

/** What he can do with the open chat, in its present state. */
export const chatTools = ({ chat, ask, left }) => {
  if (!chat) return []
  if (chat.relation === 'pool') return [button('接入', 'rm-take', () => void act('servicer/takes', ask))]
  if (chat.relation === 'mine')
    return [transfer(ask, left), button('结束', 'rm-end', () => void act('servicer/ends', ask))]
  if (chat.relation === 'elsewhere' && chat.state === 3)
    return [button('收回', 'rm-reopen', () => void act('servicer/reopens', ask))]
  return []
}
