import { putCustomer } from '../crm/customers.ts'
import { putRm } from '../crm/rms.ts'
import type { ExampleCorp } from '../simulator/example-corp.ts'
import type { Db } from '../store/open.ts'

/** Makes the example bank's RMs and customers known to an empty database; one that knows RMs already is left alone. */
export const seedExample = async (db: Db, { rms, customers }: ExampleCorp): Promise<void> => {
  if (await db.selectFrom('rms').select('userid').executeTakeFirst()) return
  for (const { userid, position: _, deputy, ...facts } of rms)
    await putRm(db, userid, { ...facts, deputy: deputy ?? null, supervises: null })
  await seedFirms(db, customers)
  for (const { externalUserId, known } of customers) {
    if (!known) continue
    const { firm, ...facts } = known
    await putCustomer(db, externalUserId, { ...unknown, ...facts, firm: firm?.name ?? null, firmNo: firm?.no ?? null })
  }
}

/** A firm's lead RM is whoever owns the first of its people. */
const seedFirms = async (db: Db, customers: ExampleCorp['customers']): Promise<void> => {
  for (const { known } of customers) {
    if (!known?.firm || !known.owner) continue
    const row = { firm_no: known.firm.no, name: known.firm.name, lead_rm: known.owner, branch: known.branch ?? null }
    await db
      .insertInto('firms')
      .values(row)
      .onConflict((there) => there.column('firm_no').doNothing())
      .execute()
  }
}

const unknown = { tier: null, owner: null, branch: null, clientNo: null }
