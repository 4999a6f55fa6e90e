import { byId } from './dom.js'
import { keep, kept } from './remember.js'

const buttons = () => document.querySelectorAll('.tabs button')
const buttonOf = (tab) => document.querySelector(`.tabs [data-tab="${tab}"]`)

/** On a narrow screen one column is shown at a time. */
export const isNarrow = () => matchMedia('(max-width: 900px)').matches

export const showTab = (tab) => {
  document.body.dataset.tab = tab
  keep('tab', tab)
  buttonOf(tab).classList.remove('new')
  buttons().forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tab === tab)))
  if (isNarrow()) document.querySelectorAll('.body, .line-body').forEach(toEnd)
}

/** What came while it was hidden stands at the end of a chat and of the line. */
const toEnd = (area) => {
  if (area.querySelector('.row, .entry')) area.scrollTop = area.scrollHeight
}

/** Something new is there behind a tab that is not shown. */
export const mark = (tab) => {
  if (document.body.dataset.tab !== tab) buttonOf(tab).classList.add('new')
}

export const startTabs = () => {
  buttons().forEach((button) => button.addEventListener('click', () => showTab(button.dataset.tab)))
  showTab(kept('tab') ?? 'customer')
}

let leaving
/** A banner at the top of the RM's phone, as a phone shows it when something comes. */
export const ring = (words, more = '') => {
  const banner = byId('banner')
  banner.replaceChildren(words, more && `\n${more}`)
  banner.hidden = false
  mark('rm')
  clearTimeout(leaving)
  leaving = setTimeout(() => (banner.hidden = true), 4500)
}
