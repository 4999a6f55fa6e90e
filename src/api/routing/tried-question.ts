import { ANY_ACCOUNT } from '../../routing/any-account.ts'
import type { Facts, Question } from '../../routing/model.ts'
import { questionOf } from '../../routing/question.ts'
import type { Db } from '../../store/open.ts'

type Tried = { facts: Record<string, Facts[string] | null>; openKfId?: string | undefined; seed?: string | undefined }

/**
 * The question that a new customer with these facts would make: his owner is `customer.owner`, the firm's people are those of
 * `entry.firm`. Facts that are null are unknown. Without an account, whoever receives at any of them counts as there.
 */
export const triedQuestion = async (db: Db, { facts: given, openKfId, seed }: Tried, at: Date): Promise<Question> => {
  const facts = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Facts
  const account = openKfId ?? textOf(facts['account.openKfId'])
  const firmNo = textOf(facts['entry.firm'])
  const question = questionOf({
    openKfId: account ?? ANY_ACCOUNT,
    facts: account === null ? facts : { 'account.openKfId': account, ...facts },
    customer: {
      owner: textOf(facts['customer.owner'])?.toLowerCase() ?? null,
      known: facts['customer.known'] !== false,
      avoid: [],
    },
    chat: { lastRm: null, lastRmAt: null },
    firm: firmNo === null ? null : await firmOf(db, firmNo),
    conversation: { ...fresh, externalUserId: 'try', openedAt: at },
  })
  return { ...question, seed: seed ?? 'try' }
}

const fresh = { status: 'bot', rule: null, step: 0, stepSince: null, units: 1, excluded: {} }

const textOf = (fact: Facts[string]): string | null => (typeof fact === 'string' && fact !== '' ? fact : null)

const firmOf = async (db: Db, firmNo: string): Promise<{ leadRm: string | null; coRms: string[] } | null> => {
  const row = await db
    .selectFrom('firms')
    .select(['lead_rm', 'co_rms'])
    .where('firm_no', '=', firmNo)
    .executeTakeFirst()
  return row ? { leadRm: row.lead_rm, coRms: row.co_rms } : null
}
