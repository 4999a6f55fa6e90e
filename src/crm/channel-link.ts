import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { WecomError } from '../wecom/error.ts'
import { OpenKfId } from '../wecom/ids.ts'

/** An account's link for a scene; the channel's key is its scene. */
export type LinkAsk = { openKfId: string; scene: string }

/** There is no link, and `detail` says in Chinese why and what to do. 422: not this account; 409: an admin must act; 503: later. */
export class LinkRefused extends Error {
  override name = 'LinkRefused'
  readonly status: 409 | 422 | 503
  readonly detail: string

  constructor(status: 409 | 422 | 503, detail: string) {
    super(detail)
    this.status = status
    this.detail = detail
  }
}

type Parts = {
  db: Db
  /** `kf/add_contact_way`: answers another link each time. */
  ask: (ask: { open_kfid: OpenKfId; scene: string }) => Promise<string>
  pause: (ms: number) => Promise<void>
}

/** Longer than a call to WeCom with all its repeats (20 s): whoever asks meanwhile is still at it. */
const askingS = 30
const waitMs = 150
const mostWaits = 170

/**
 * The kf link of an account and a scene: the kept one, or WeCom's answer, which is asked for once whoever asks at the same
 * moment and from whichever process. Rejects with `LinkRefused`. `db` must not be a transaction.
 */
export const createChannelLinks =
  ({ db, ask, pause }: Parts) =>
  async (wanted: LinkAsk): Promise<string> => {
    for (let waits = 0; waits < mostWaits; waits++) {
      const mine = await beginAsking(db, wanted)
      if (mine) return askAndKeep(db, ask, { ...wanted, mine })
      const url = await keptLink(db, wanted)
      if (url) return url
      await pause(waitMs)
    }
    throw new LinkRefused(503, '企业微信暂时没有给出链接，请稍后重试')
  }

/** Null when there is a link, or somebody asks for it right now. */
const beginAsking = async (db: Db, { openKfId, scene }: LinkAsk): Promise<string | null> => {
  const until = sql`clock_timestamp() + make_interval(secs => ${askingS})`
  const { rows } = await sql<{ mine: string }>`
    insert into kf_links as l (open_kfid, scene, asking_until) values (${openKfId}, ${scene}, ${until})
    on conflict (open_kfid, scene) do update set asking_until = ${until}
      where l.url is null and (l.asking_until is null or l.asking_until < clock_timestamp())
    returning asking_until::text as mine`.execute(db)
  return rows[0]?.mine ?? null
}

const keptLink = async (db: Db, { openKfId, scene }: LinkAsk): Promise<string | null> => {
  const found = await db
    .selectFrom('kf_links')
    .select('url')
    .where('open_kfid', '=', openKfId)
    .where('scene', '=', scene)
    .executeTakeFirst()
  return found?.url ?? null
}

type Asking = LinkAsk & { mine: string }

const askAndKeep = async (db: Db, ask: Parts['ask'], { openKfId, scene, mine }: Asking): Promise<string> => {
  try {
    const url = await ask({ open_kfid: OpenKfId.parse(openKfId), scene })
    // Whoever took over because we were too slow may have kept another one: all use that.
    const { rows } = await sql<{ url: string }>`update kf_links set url = coalesce(url, ${url}), asking_until = null
      where open_kfid = ${openKfId} and scene = ${scene} returning url`.execute(db)
    return rows[0]?.url ?? url
  } catch (error) {
    await sql`update kf_links set asking_until = null
      where open_kfid = ${openKfId} and scene = ${scene} and url is null and asking_until::text = ${mine}`.execute(db)
    throw refusalOf(error)
  }
}

const refusalOf = (error: unknown): unknown => {
  if (!(error instanceof WecomError))
    return isNetwork(error) ? new LinkRefused(503, '企业微信没有响应，请稍后重试') : error
  const { errcode, failure, advice } = error
  if ([95000, 60251, 60252, 95004].includes(errcode)) return new LinkRefused(422, '企业微信里没有这个客服账号，请核对')
  if (errcode === 48007)
    return new LinkRefused(
      409,
      '这个客服账号没有授权给本应用：请在企业微信管理后台「微信客服 → 可调用接口的应用」中勾选它',
    )
  const passing = failure === 'retry' || failure === 'back_off' || failure === 'refresh_token'
  if (passing) return new LinkRefused(503, `企业微信暂时不能给出链接（${errcode}），请稍后重试`)
  return new LinkRefused(409, `企业微信拒绝给出链接（${errcode}）：${advice}`)
}

const isNetwork = (error: unknown): boolean => (error as { failure?: unknown }).failure === 'retry'
