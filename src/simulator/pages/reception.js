import { act } from './api.js'
import { el } from './dom.js'
import { account } from './people.js'

const choices = [
  ['resumes', 'receiving', '接待中'],
  ['suspends', 'suspended', '暂时挂起'],
  ['stops', 'stopped', '停止接待'],
]

/** Whether he takes customers, for each of his kf accounts. */
export const receptionSwitch = (person) => {
  if (!person || person.accounts.length === 0) return el('div', { class: 'note' }, '他不是任何客服账号的接待人员。')
  const one = ({ openKfId, reception }) => {
    const button = ([name, value, text]) => {
      const click = () => void act(`servicer/${name}`, { userid: person.userid, openKfId })
      const given = {
        type: 'button',
        class: value,
        'aria-pressed': String(reception === value),
        data: { testid: `reception-${value}`, account: openKfId },
        on: { click },
      }
      return el('button', given, text)
    }
    return el(
      'div',
      { class: 'reception' },
      el('small', {}, account(openKfId)?.name ?? ''),
      el('div', { class: 'segments' }, choices.map(button)),
    )
  }
  return el('div', { class: 'receptions' }, person.accounts.map(one))
}
