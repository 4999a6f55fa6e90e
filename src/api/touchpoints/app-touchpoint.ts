import { z } from 'zod'
import type { AppTouchpoint } from '../../crm/ingest.ts'
import { At, Line } from '../fields.ts'
import { inputWords, mistakesOf } from '../http/input-words.ts'

const mostDataBytes = 4096
/** Names under which a message's text would come; the ledger holds none (docs/decisions/0009). */
const texts = new Set(['text', 'content'])

const data = z
  .record(z.string().max(64), z.unknown())
  .refine((given) => Buffer.byteLength(JSON.stringify(given)) <= mostDataBytes, '不能超过 4 KB')
  .refine((given) => !Object.keys(given).some((name) => texts.has(name)), '不能含有消息正文（text、content）')
  .meta({ description: 'At most 4 KB as JSON. Facts, never a message text', example: { page: 'loan', amount: 500000 } })

/** One touchpoint of a program of the bank's, as it is posted. */
export const AppTouchpointBody = z
  .strictObject({
    key: Line(128).meta({
      description: 'Your own id of it: the same key is recorded once, for ever',
      example: 'app-20260101-000123',
    }),
    kind: z
      .string()
      .regex(/^app\.[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/, '应为 app. 开头的类别，例如 app.button_tapped')
      .meta({ example: 'app.button_tapped' }),
    at: At,
    clientNo: Line(64).nullish(),
    unionid: Line(64).nullish(),
    externalUserId: Line(64).nullish(),
    channel: Line(128).nullish().meta({ description: 'Where it happened; best the key of a channel' }),
    data: data.nullish(),
  })
  .refine((one) => [one.clientNo, one.unionid, one.externalUserId].some((name) => name != null), {
    message: '缺少客户标识：clientNo、unionid、externalUserId 填一项',
  })
  .meta({
    id: 'AppTouchpoint',
    description:
      'Of several names the first of `externalUserId`, `clientNo`, `unionid` counts; they are not joined by this',
  })

/** Phones go wrong, too, but not by a day; older than ten years is a mistake, not a memory. */
const aheadMs = 24 * 3_600_000
const mostYears = 10

/** Reads one; or answers what is wrong with it, for people. */
export const readAppTouchpoint = (value: unknown, now: Date): AppTouchpoint | { message: string } => {
  const read = AppTouchpointBody.safeParse(value, { error: inputWords })
  if (!read.success)
    return {
      message: mistakesOf(read.error)
        .map(({ path, message }) => `${path} ${message}`.trim())
        .join('；'),
    }
  const { key, kind, channel, data: facts, ...rest } = read.data
  const at = new Date(rest.at)
  if (at.getTime() > now.getTime() + aheadMs) return { message: 'at 在未来，请检查时钟' }
  if (at.getUTCFullYear() < now.getUTCFullYear() - mostYears) return { message: `at 早于 ${mostYears} 年` }
  return { key, kind: kind as AppTouchpoint['kind'], at, who: whoIn(rest), channel: channel ?? null, data: facts ?? {} }
}

type Names = Pick<z.output<typeof AppTouchpointBody>, 'clientNo' | 'unionid' | 'externalUserId'>

const whoIn = ({ clientNo, unionid, externalUserId }: Names): AppTouchpoint['who'] => {
  if (externalUserId != null) return { kind: 'external_userid', value: externalUserId }
  if (clientNo != null) return { kind: 'client_no', value: clientNo }
  return { kind: 'unionid', value: unionid as string }
}
