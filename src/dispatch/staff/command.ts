/** What an RM wants, as he wrote it in the app's chat. `text`: no command. */
export type Command =
  | { kind: 'today' | 'busy' | 'free' | 'help' }
  | { kind: 'tasks'; page?: number }
  | { kind: 'done'; no: number; outcome: string }
  | { kind: 'customer' | 'close' | 'invite'; name: string }
  | { kind: 'transfer' | 'note' | 'reply' | 'text'; text: string }

type Bare = 'today' | 'tasks' | 'busy' | 'free' | 'help'
type Worded = 'customer' | 'close' | 'invite' | 'transfer' | 'note' | 'reply' | 'done'

/** Stand alone: a sentence that only begins with one of them is no command. */
const bare: Record<Bare, string[]> = {
  today: ['今日', '今天', '今日情况', '今天情况', '日报', 'today'],
  tasks: ['待办', '待办事项', '任务', '我的待办', 'todo'],
  busy: ['忙碌', '忙', '忙线', '暂停', '休息', '下线', '离线', '下班', 'busy'],
  free: ['空闲', '闲', '恢复', '上线', '在线', '上班', '回来了', '我回来了', 'free'],
  help: ['帮助', '菜单', '命令', '说明', '怎么用', 'help', '?'],
}

/** Followed by something; the longest first, so that 结束会话 is not 结束 with 会话 as a name. */
const worded: [string, Worded][] = [
  ['待办完成', 'done'],
  ['待办 完成', 'done'],
  ['完成待办', 'done'],
  ['结束会话', 'close'],
  ['查客户', 'customer'],
  ['完成', 'done'],
  ['结束', 'close'],
  ['客户', 'customer'],
  ['查询', 'customer'],
  ['转接', 'transfer'],
  ['转给', 'transfer'],
  ['转交', 'transfer'],
  ['移交', 'transfer'],
  ['邀请添加', 'invite'],
  ['邀请客户', 'invite'],
  ['邀请', 'invite'],
  ['备注', 'note'],
  ['记录', 'note'],
  ['回复', 'reply'],
  ['答复', 'reply'],
]

/** 待办 2 · 待办第2页. */
const taskPage = /^(?:待办|任务|todo)\s*第?\s*(\d{1,3})\s*页?$/u

const edge = /^[\s\u3000/／#＃]+|[\s\u3000]+$/gu
const closing = /[。．.!！~～\s\u3000]+$/u
const gap = /^[\s\u3000:：,，、;；\-—]+/u
/** Without a gap the word goes on: 客户张三 is meant, 客户您好，资料收到了 is not. */
const short = /^[\p{L}\p{N}·._@-]{1,12}$/u
/** 邀请张三 is meant; 邀请您来网点 and 邀请函已寄出 are for the customer. */
const nameLike = /^(?![您你大函])\p{Script=Han}{2,4}$/u

/** Reads a command tolerantly: full-width signs, blanks around it, synonyms. What is none of them is plain text. */
export const readCommand = (written: string): Command => {
  const text = written.replace(edge, '')
  const plain = text.normalize('NFKC').toLowerCase().replace(closing, '').replace(/\s+/g, ' ')
  for (const [kind, names] of Object.entries(bare) as [Bare, string[]][]) if (names.includes(plain)) return { kind }
  const page = taskPage.exec(plain)
  if (page) return { kind: 'tasks', page: Number(page[1]) }
  for (const [word, kind] of worded) {
    const rest = restAfter(text, word, kind)
    if (rest !== null) return withWords(kind, rest) ?? { kind: 'text', text }
  }
  return { kind: 'text', text }
}

/** What stands behind the word; null when the text does not begin with it as a command. */
const restAfter = (text: string, word: string, kind: Worded): string | null => {
  const pattern = new RegExp(`^${word.replace(' ', '[\\s\\u3000]+')}`, 'u')
  const found = pattern.exec(text)
  if (!found) return null
  const rest = text.slice(found[0].length)
  const words = rest.replace(gap, '').trim()
  const apart = rest === '' || gap.test(rest)
  if (kind === 'invite') return apart || nameLike.test(words) ? words : null
  return apart || kind === 'note' || kind === 'done' || kind === 'reply' || short.test(words) ? words : null
}

const withWords = (kind: Worded, rest: string): Command | null => {
  if (kind === 'done') {
    const found = /^第?\s*(\d{1,3})\s*[条项]?[\s\u3000,，、:：.．]*(.*)$/su.exec(rest.normalize('NFKC'))
    return found ? { kind, no: Number(found[1]), outcome: (found[2] ?? '').trim() } : null
  }
  return kind === 'customer' || kind === 'close' || kind === 'invite' ? { kind, name: rest } : { kind, text: rest }
}

/** The first word and what follows: `李四，去开会了` is 李四 and 去开会了. */
export const firstWord = (text: string): [word: string, rest: string] => {
  const found = /^([^\s\u3000,，:：;；、]+)[\s\u3000,，:：;；、]*(.*)$/su.exec(text.trim())
  return [found?.[1] ?? '', (found?.[2] ?? '').trim()]
}
