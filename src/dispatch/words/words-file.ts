import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { pathText, problemsIn, type Problem } from '../../routing/reading/problems.ts'
import { fileProblemText, readYaml, type FileProblem } from '../../routing/reading/yaml-source.ts'

/** Every key of config/messages.yaml with the placeholders that its words may use. A missing or unknown one stops the start. */
export const placeholders = {
  'customer.welcome': ['account'],
  'customer.on_the_way': ['manager'],
  'customer.transferred': ['manager'],
  'customer.left_message': ['opening'],
  'customer.queued': ['place', 'expected'],
  'customer.queued_closed': ['opening'],
  'customer.will_contact': [],
  'customer.will_add_manager': [],
  'customer.closed': [],
  'customer.invitation': ['manager'],
  'customer.invitation_wished': ['manager'],
  'customer.invitation_button': ['manager'],
  'customer.invitation_decline': [],
  'customer.invitation_declined': [],
  'customer.already_contact': ['manager'],
  'manager.new_customer': ['customer', 'kind', 'account', 'content', 'reason', 'deadline'],
  'manager.offer': ['customer', 'kind', 'account', 'content', 'reason'],
  'manager.transferred_to_you': ['customer', 'kind', 'account', 'content', 'reason', 'deadline'],
  'manager.taken_from_you': ['customer', 'reason', 'manager'],
  'manager.reminder': ['customer', 'waited'],
  'manager.queue': ['customer', 'kind', 'account', 'content', 'reason'],
  'manager.queue_digest': ['count', 'list'],
  'manager.kept': ['customer'],
  'manager.still_yours': ['customer', 'manager', 'reason'],
  'manager.given_elsewhere': ['customer', 'manager', 'reason'],
  'manager.snoozed': [],
  'manager.contact_lost': ['customer'],
  'manager.transfer_failed': ['customer', 'reason'],
  'manager.invite_customer': [],
  'manager.task_due': [],
  'manager.task_digest': ['count', 'list'],
  'manager.day_list': ['date', 'count', 'list'],
  'manager.deputy_is_full': ['manager'],
  'manager.greet_contact': ['customer'],
  'supervisor.no_reply': ['customer', 'waited', 'manager'],
  'supervisor.no_reply_digest': ['count', 'list'],
  'supervisor.contact_deleted': ['customer', 'manager'],
  'supervisor.transfer_failed': ['customer', 'manager', 'reason'],
  'admin.acquisition_low': [],
  'admin.acquisition_exhausted': [],
  'admin.acquisition_expiring': ['count', 'day'],
  'admin.acquisition_link_gone': ['link'],
  'admin.not_assigned_unknown': ['manager', 'account', 'holder'],
  'admin.not_assigned_not_a_servicer': ['manager', 'account', 'holder'],
  'admin.not_assigned_with_person': ['manager', 'account', 'holder'],
  'admin.not_assigned_stopped': ['manager', 'account', 'holder'],
  'admin.not_rerouted': ['manager'],
  'admin.task_unowned': ['title', 'customer', 'due'],
  'relay.new_customer': ['customer', 'kind', 'account', 'content', 'reason', 'deadline', 'left', 'until'],
  'relay.customer_says': ['customer', 'words', 'left', 'until'],
  'relay.customer_says_more': ['customer', 'words'],
  'relay.recalled': ['customer'],
  'relay.switched': ['customer'],
  'relay.last_one': ['customer', 'until'],
  'relay.used_up': ['customer'],
  'relay.not_sent_used_up': ['customer'],
  'relay.not_sent_over': ['customer'],
  'relay.not_sent_too_long': ['customer'],
  'relay.not_delivered': ['customer'],
  'relay.words_only': [],
  'relay.choose': ['customer', 'list'],
  'relay.nobody': [],
  'relay.nothing_to_say': [],
  'rm.help': [],
  'rm.not_ours': [],
  'rm.unknown': [],
  'rm.today': ['name', 'state', 'open', 'waiting', 'names', 'replied', 'answered', 'contacts', 'due'],
  'rm.tasks': ['count', 'list'],
  'rm.no_tasks': [],
  'rm.no_such_task': ['no', 'count'],
  'rm.task_done': ['title', 'outcome'],
  'rm.customer': ['name', 'brief', 'owner', 'tags', 'last'],
  'rm.customers': ['name', 'list'],
  'rm.no_customer': ['name'],
  'rm.customer_unnamed': [],
  'rm.invite_unnamed': [],
  'rm.invite_not_yours': ['customer', 'owner'],
  'rm.invite_other': ['customer', 'manager'],
  'rm.invite_off': ['customer'],
  'rm.invited': ['customer'],
  'rm.invited_by_card': ['customer'],
  'rm.invite_contact': ['customer'],
  'rm.invite_half': ['customer'],
  'rm.invite_was_contact': ['customer'],
  'rm.invite_declined': ['customer'],
  'rm.invite_avoid': ['customer'],
  'rm.invite_lately': ['customer', 'day', 'days'],
  'rm.invite_no_way': ['customer', 'owner'],
  'rm.invite_by_hand': ['customer'],
  'rm.invite_no_link': ['customer'],
  'rm.invite_no_quota': ['customer'],
  'rm.invite_refused': ['customer'],
  'rm.busy': ['open'],
  'rm.free': ['open'],
  'rm.which_customer': ['command', 'customer', 'list'],
  'rm.nobody_open': ['command', 'customer', 'list'],
  'rm.no_colleague': ['name'],
  'rm.which_colleague': ['name', 'list'],
  'rm.colleague_cannot': ['customer', 'manager', 'reason'],
  'rm.not_yours': ['customer', 'manager'],
  'rm.cannot_take': ['customer', 'manager', 'reason'],
  'rm.receive_first': ['customer'],
  'rm.noted': ['customer'],
  'rm.note_empty': [],
  'rm.closed': ['customer', 'manager'],
} as const satisfies Record<string, readonly string[]>
export type WordsKey = keyof typeof placeholders
export const wordsKeys = Object.keys(placeholders) as readonly WordsKey[]

/** WeCom cuts longer texts without a word. */
const text = (bytes: number) =>
  z
    .string()
    .trim()
    .min(1, '不能为空')
    .refine((words) => Buffer.byteLength(words) <= bytes, `最多 ${bytes} 字节（约 ${Math.floor(bytes / 3)} 个汉字）`)

const Item = z.union(
  [
    z.strictObject({ id: z.string().regex(/^[0-9A-Za-z_]{1,64}$/, 'id 只能用字母、数字和 _'), text: text(128) }),
    z.strictObject({ url: z.url('写完整的网址'), text: text(1024) }),
  ],
  '写作 { id, text } 或 { url, text }；文字最多 128 字节',
)
const Menu = z.strictObject({
  head: text(1024).optional(),
  items: z.array(Item).min(1, '至少写一项').max(10, '企业微信最多显示 10 个可点选项'),
  tail: text(1024).optional(),
})
const Line = text(2048)
const wordsOf = <Entry extends z.ZodType>(entry: (key: WordsKey) => Entry) =>
  z.strictObject(Object.fromEntries(wordsKeys.map((key) => [key, entry(key)])) as Record<WordsKey, Entry>)
const File = wordsOf(() => z.union([Line, Menu]))
export type WordsFile = z.infer<typeof File>

/** JSON Schema of config/messages.yaml, for editors. */
export const wordsSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(File, { io: 'input' }),
  title: '引桥话术',
})

/** A words file is wrong; every mistake with its line and column. */
export class BadWords extends Error {
  override name = 'BadWords'
}

/** Reads config/messages.yaml; throws `BadWords`. */
export const readWords = (path: string): WordsFile => {
  const read = parseWordsYaml(readFileSync(path, 'utf8'), path)
  if ('errors' in read) throw new BadWords(read.errors.map(fileProblemText).join('\n'))
  return read.words
}

export const parseWordsYaml = (yaml: string, file: string): { words: WordsFile } | { errors: FileProblem[] } => {
  const read = readYaml(yaml, file)
  if ('errors' in read) return read
  const { value, place } = read.source
  const misshapen = problemsIn(meant(value), value)
  const problems = misshapen.length > 0 ? misshapen : unknownPlaceholders(value as WordsFile)
  return problems.length > 0 ? { errors: problems.map(place) } : { words: File.parse(value) }
}

/** Each key as it was meant, a line or a menu: so a mistake is told where it is, and not that neither form fits. */
const meant = (value: unknown) => {
  const written = (value ?? {}) as Record<string, unknown>
  return wordsOf((key) => (typeof written[key] === 'object' && written[key] !== null ? Menu : Line))
}

/** A misspelt `{placeholder}` would leave a hole in what a customer reads. */
const unknownPlaceholders = (words: WordsFile): Problem[] =>
  wordsKeys.flatMap((key) => {
    const known: readonly string[] = placeholders[key]
    const used = [...JSON.stringify(words[key]).matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
    const hint = known.length > 0 ? `这里可以用 ${known.map((name) => `{${name}}`).join('、')}` : '这里没有可替换的内容'
    return [...new Set(used)]
      .filter((name) => !known.includes(name))
      .map((name) => ({ path: [key], message: `${pathText([key])} 里不认识 {${name}}；${hint}`, of: 'value' as const }))
  })
