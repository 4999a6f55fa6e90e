import { byId } from './dom.js'
import { drawFunnel } from './funnel.js'

let waiting
/** The funnel is counted a moment after things happen: while it is shown it is read again. */
const keepFresh = (shown) => {
  clearInterval(waiting)
  if (shown) waiting = setInterval(() => void drawFunnel(), 2500)
}

/** What stands between the phones: the live line or the funnel. */
export const showView = (view) => {
  byId('line-body').hidden = view !== 'line'
  byId('funnel').hidden = view !== 'funnel'
  byId('line-clear').hidden = view !== 'line'
  document
    .querySelectorAll('.views button')
    .forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.view === view)))
  keepFresh(view === 'funnel')
  if (view === 'funnel') void drawFunnel()
}

export const startViews = () =>
  document
    .querySelectorAll('.views button')
    .forEach((button) => button.addEventListener('click', () => showView(button.dataset.view)))
