import { el, link } from './dom.js'
import { card } from './card.js'

/** `<a href>` in a text message becomes a link to the web, everything else stays as typed. */
const linked = (text) => {
  const parts = String(text).split(/(<a\s[^>]*href="[^"]*"[^>]*>.*?<\/a>)/gi)
  return parts.map((part) => {
    const found = /^<a\s[^>]*href="([^"]*)"[^>]*>(.*?)<\/a>$/i.exec(part)
    return found ? link(found[1], found[2]) : part
  })
}

const inline = (text) =>
  String(text)
    .split(/(\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\)|`[^`]+`|<font color="[a-z]+">.*?<\/font>)/g)
    .map((part) => {
      const bold = /^\*\*(.+)\*\*$/.exec(part)
      if (bold) return el('strong', {}, bold[1])
      const to = /^\[(.+)\]\((.+)\)$/.exec(part)
      if (to) return link(to[2], to[1])
      const code = /^`(.+)`$/.exec(part)
      if (code) return el('code', {}, code[1])
      const font = /^<font color="([a-z]+)">(.*?)<\/font>$/.exec(part)
      return font ? el('span', { class: `font-${font[1]}` }, font[2]) : part
    })

/** The markdown that WeCom knows: headings, quotes, bold, links, code, three colours. */
const markdown = ({ content }) =>
  String(content)
    .split('\n')
    .map((row) => {
      const heading = /^#{1,6}\s+(.*)$/.exec(row)
      if (heading) return el('h4', {}, inline(heading[1]))
      const quote = /^>\s?(.*)$/.exec(row)
      if (quote) return el('blockquote', {}, inline(quote[1]))
      return el('p', { class: 'words' }, inline(row))
    })

const plain = (html) =>
  String(html ?? '')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<[^>]+>/g, '')
const textCard = ({ title, description, url, btntxt }) => [
  el('h4', {}, title),
  el('p', { class: 'words' }, plain(description)),
  el('div', { class: 'more' }, link(url, btntxt || '详情')),
]
const news = ({ articles = [] }) =>
  articles.map(({ title, description, url }) =>
    el('div', { class: 'web' }, link(url, title), description && el('small', {}, description)),
  )

const shapes = {
  text: ({ content }) => [el('p', { class: 'words' }, linked(content))],
  markdown,
  textcard: textCard,
  news,
}

/** One message of the app as the RM sees it; `press` sends a card's button with what was chosen. */
export const appMessage = (message, press) => {
  if (message.status === 'recalled') return el('div', { class: 'note' }, '应用撤回了一条消息')
  if (message.msgtype === 'template_card') return card(message, press)
  const body = shapes[message.msgtype]?.(message.body) ?? [el('p', { class: 'words' }, `[${message.msgtype}]`)]
  return el('div', { class: 'app-text', data: { testid: 'app-message', msgid: message.msgid } }, body)
}
