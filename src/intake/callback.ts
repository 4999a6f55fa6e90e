import { hash } from 'node:crypto'
import type { Context } from 'koa'
import type { Logger } from 'pino'
import getRawBody from 'raw-body'
import { CallbackRefused } from '../wecom/callback-refused.ts'
import type { CallbackDoor, CallbackQuery } from '../wecom/callback-door.ts'
import type { NewEvent } from '../inbox/events.ts'
import { eventOfCallback } from './callback-event.ts'

/** WeCom's own callbacks are a few kilobytes. */
export const mostBytes = 256 * 1024

/** Seconds that two clocks may differ. A callback dated further ahead could be played again for as much longer. */
const aheadS = 300

export type CallbackIntake = {
  door: CallbackDoor
  /** Resolves once the event is durable. */
  store: (event: NewEvent) => Promise<void>
  /** Older is refused, and what is from the future: seconds; 0 turns the check off. */
  maxAgeS: number
  now: () => Date
  log: Logger
  rang: (event: NewEvent) => void
  count: (answer: string) => void
}

/** `GET /wecom/callback`: WeCom checks the URL when the admin saves it; it wants the decrypted echostr, byte for byte. */
export const answerEcho = (intake: CallbackIntake) => (ctx: Context) => {
  guarded(intake, ctx, () => {
    const query = ctx.query as CallbackQuery
    checkAge(intake, query)
    const echo = intake.door.echo(query)
    // Whoever got hold of a callback could have its Encrypt, rightly signed, decrypted here: a message is no echostr.
    if (echo.includes('<')) throw new CallbackRefused(403, 'echo')
    ctx.type = 'text/plain; charset=utf-8'
    ctx.body = echo
  })
}

/** `POST /wecom/callback`: 200 `success` only once the callback is durable; WeCom waits 5 s. */
export const takeCallback = (intake: CallbackIntake) => async (ctx: Context) => {
  const body = await readBody(intake, ctx)
  if (body === null) return
  let event: NewEvent | null = null
  guarded(intake, ctx, () => {
    const query = ctx.query as CallbackQuery
    checkAge(intake, query)
    const xml = intake.door.open(query, body)
    event = eventOfCallback(xml, { digest: hash('sha256', xml, 'base64url'), now: intake.now() })
  })
  if (event) await keep(intake, ctx, event)
}

const keep = async (intake: CallbackIntake, ctx: Context, event: NewEvent): Promise<void> => {
  try {
    await intake.store(event)
    intake.rang(event)
    answer(intake, ctx, { status: 200, body: 'success' })
  } catch (error) {
    intake.log.error({ kind: event.kind, reason: (error as Error).message }, 'callback could not be stored')
    ctx.set('Retry-After', '1')
    answer(intake, ctx, { status: 503, body: '' })
  }
}

/** One answer per status, whatever the cause: whoever guesses learns nothing. */
const guarded = (intake: CallbackIntake, ctx: Context, work: () => void): void => {
  try {
    work()
  } catch (error) {
    const status = error instanceof CallbackRefused ? error.status : 400
    intake.log.warn(
      { status, reason: error instanceof CallbackRefused ? error.reason : 'unreadable' },
      'callback refused',
    )
    answer(intake, ctx, { status, body: '' })
  }
}

const answer = (intake: CallbackIntake, ctx: Context, { status, body }: { status: number; body: string }): void => {
  intake.count(String(status))
  ctx.status = status
  ctx.type = 'text/plain; charset=utf-8'
  ctx.body = body
}

/** The signed timestamp bounds how long a captured callback can be played again. */
const checkAge = ({ maxAgeS, now }: CallbackIntake, { timestamp }: CallbackQuery): void => {
  if (maxAgeS === 0) return
  const age = now().getTime() / 1000 - Number(timestamp)
  if (!(-Math.min(aheadS, maxAgeS) <= age && age <= maxAgeS)) throw new CallbackRefused(403, 'age')
}

const readBody = async (intake: CallbackIntake, ctx: Context): Promise<string | null> => {
  if (ctx.get('content-encoding') && ctx.get('content-encoding') !== 'identity') {
    answer(intake, ctx, { status: 400, body: '' })
    return null
  }
  try {
    return (await getRawBody(ctx.req, { limit: mostBytes, length: ctx.request.length ?? null })).toString()
  } catch (error) {
    ctx.set('Connection', 'close')
    answer(intake, ctx, { status: (error as { status?: number }).status === 413 ? 413 : 400, body: '' })
    return null
  }
}
