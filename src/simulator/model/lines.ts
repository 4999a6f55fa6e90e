import { concerning } from './find.ts'
import type { Chat, Line, World } from './world.ts'

type NewLine = Omit<Line, 'at' | 'status' | 'servicer'> & { servicer?: string }

/** What both phones show of a chat, in order. */
export const addLine = (world: World, chat: Chat, line: NewLine): Line => {
  const shown: Line = { servicer: null, ...line, at: world.now(), status: 'shown' }
  chat.lines.push(shown)
  world.changed({ kind: 'line', from: line.from, ...concerning(chat) })
  return shown
}

export const lineOf = (chat: Chat, msgid: string): Line | undefined =>
  chat.lines.findLast((line) => line.msgid === msgid)
