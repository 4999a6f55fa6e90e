import type { PoolClient } from 'pg'
import type { Changes } from '../changes.ts'

/** One row per code, so that the share of those that were missed can be counted. */
export const storeWelcome = async (tx: PoolClient, { welcome }: Changes): Promise<void> => {
  if (!welcome) return
  const { externalUserId, rm, half, rule, codeAt } = welcome
  await tx.query('insert into welcomes (external_userid, rm, half, rule, code_at) values ($1, $2, $3, $4, $5)', [
    externalUserId,
    rm,
    half,
    rule,
    codeAt,
  ])
}
