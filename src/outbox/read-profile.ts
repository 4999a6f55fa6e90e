import { inGroups } from '../store/in-groups.ts'
import { batchGetKfCustomers } from '../wecom/endpoints/kf.ts'
import { WecomError } from '../wecom/error.ts'
import type { Call } from './deliver.ts'

type Profile = { nickname: string; unionid?: string | undefined }
/** One errand's question: `call` is bound to its lease, which began at `claimedAt`. */
type Asked = { externalUserId: string; call: Call; claimedAt: number }
type Told = { profile: Profile | null } | { error: unknown }

/** Answers null when WeCom tells no profile; rejects with what befell the call. */
export type ReadProfile = (asked: Asked) => Promise<Profile | null>

/** WeCom tells of so many customers at once. */
const most = 100

/** Reads profiles: what is asked in the same moment, or while a call is under way, is one call. */
export const createProfileReader = (): ReadProfile => {
  const read = inGroups(readAll, most)
  return async (asked) => {
    const told = await read(asked)
    if ('error' in told) throw told.error
    return told.profile
  }
}

/** An error is told to each whom it befell: a limit or a broken line must not become a call for every customer. */
const readAll = async (asked: readonly Asked[]): Promise<Told[]> => {
  // Whose lease ends first says whether there is time for a call.
  const { call } = asked.reduce((oldest, one) => (one.claimedAt < oldest.claimedAt ? one : oldest))
  try {
    const { customer_list: found } = await call(batchGetKfCustomers, {
      external_userid_list: asked.map(({ externalUserId }) => externalUserId),
      need_enter_session_context: 0,
    })
    const profiles = new Map<string, Profile>(found.map((one) => [one.external_userid, one]))
    return asked.map(({ externalUserId }) => ({ profile: profiles.get(externalUserId) ?? null }))
  } catch (error) {
    if (asked.length === 1 || !isOurMistake(error)) return asked.map(() => ({ error }))
    // One id may be wrong: halves find it in a dozen calls, one after the other.
    const middle = Math.ceil(asked.length / 2)
    return [...(await readAll(asked.slice(0, middle))), ...(await readAll(asked.slice(middle)))]
  }
}

const isOurMistake = (error: unknown): boolean => error instanceof WecomError && error.failure === 'bad_request'
