import type { MenuItem, Said, Words } from './effects.ts'

const most = 2048

/** At most `bytes` of UTF-8, cut between characters, with … where something is missing. WeCom would cut without a word. */
export const clip = (text: string, bytes = most): string => {
  if (Buffer.byteLength(text) <= bytes) return text
  let end = bytes - 3
  const buffer = Buffer.from(text)
  while (end > 0 && ((buffer[end] as number) & 0xc0) === 0x80) end -= 1
  return `${buffer.subarray(0, end).toString()}…`
}

/** Words as WeCom's message fields: `text` or `msgmenu`. */
export const wecomWords = (words: Words) =>
  'text' in words
    ? { msgtype: 'text' as const, text: { content: clip(words.text) } }
    : {
        msgtype: 'msgmenu' as const,
        msgmenu: {
          list: words.menu.items.map(wecomItem),
          ...(words.menu.head && { head_content: clip(words.menu.head, 1024) }),
          ...(words.menu.tail && { tail_content: clip(words.menu.tail, 1024) }),
        },
      }

const wecomItem = (item: MenuItem) =>
  'id' in item
    ? { type: 'click' as const, click: { id: item.id, content: clip(item.text, 128) } }
    : { type: 'view' as const, view: { url: item.url, content: clip(item.text, 1024) } }

/** The words as one line, for the record of what was said. */
export const plainWords = (words: Said): string => {
  if ('text' in words) return words.text
  if ('caLink' in words) return '[名片]'
  return [words.menu.head, ...words.menu.items.map((item) => `· ${item.text}`), words.menu.tail]
    .filter(Boolean)
    .join('\n')
}

/** WeCom's msgtype of what was said. */
export const typeOfWords = (words: Said): string => {
  if ('text' in words) return 'text'
  return 'caLink' in words ? 'ca_link' : 'msgmenu'
}
