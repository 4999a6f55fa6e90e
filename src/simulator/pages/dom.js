/** An element with its attributes and children. Texts become text nodes, never markup. */
export const el = (tag, given = {}, ...children) => {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(given)) set(node, name, value)
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

const set = (node, name, value) => {
  if (value === undefined || value === null || value === false) return
  if (name === 'on') Object.entries(value).forEach(([event, heard]) => node.addEventListener(event, heard))
  else if (name === 'data')
    Object.entries(value).forEach(([key, word]) => word !== undefined && (node.dataset[key] = word))
  else if (name === 'class') node.className = value
  else node.setAttribute(name, value === true ? '' : value)
}

export const byId = (id) => document.getElementById(id)

/** A link that only leads to the web; anything else stays plain text. */
export const link = (url, text, given = {}) => {
  if (!/^https?:\/\//i.test(String(url))) return el('span', given, text)
  return el('a', { ...given, href: String(url), target: '_blank', rel: 'noopener noreferrer' }, text)
}

/** Replaces what a scrolled area shows; it stays at its end when it was there. */
export const refill = (area, nodes, { toEnd = false } = {}) => {
  const atEnd = area.scrollHeight - area.scrollTop - area.clientHeight < 60
  const kept = area.scrollTop
  area.replaceChildren(...nodes)
  area.scrollTop = toEnd || atEnd ? area.scrollHeight : kept
}

let fading
/** Says for a moment why something did not work. */
export const toast = (words) => {
  const box = byId('toast')
  box.textContent = words
  box.hidden = false
  clearTimeout(fading)
  fading = setTimeout(() => (box.hidden = true), 4000)
}
