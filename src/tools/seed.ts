import { putChannel } from '../crm/channels.ts'
import { putCustomer } from '../crm/customers.ts'
import { putRm } from '../crm/rms.ts'
import type { ExampleCorp, ExampleLink } from '../simulator/example-corp.ts'
import type { Db } from '../store/open.ts'

/** Makes the example bank's RMs and customers known to an empty database; one that knows RMs already is left alone. */
export const seedExample = async (db: Db, { rms, customers, links }: ExampleCorp): Promise<void> => {
  if (await db.selectFrom('rms').select('userid').executeTakeFirst()) return
  for (const { userid, position: _, deputy, supervises, ...facts } of rms)
    await putRm(db, userid, { ...facts, deputy: deputy ?? null, supervises: supervises ?? null })
  await seedFirms(db, customers)
  await seedChannels(db, links)
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

/** The bank's links are there already: WeCom is not asked for others. */
const seedChannels = async (db: Db, links: readonly ExampleLink[]): Promise<void> => {
  for (const { openKfId, scene, url, name, kind } of links) {
    if (!kind) continue
    await db
      .insertInto('kf_links')
      .values({ open_kfid: openKfId, scene, url })
      .onConflict((there) => there.doNothing())
      .execute()
    await putChannel(db, { key: scene, name, kind, openKfId })
  }
}

/** Links that an earlier simulator gave: the next one must know them, for Yinqiao keeps them for ever. */
export const keptLinks = async (db: Db): Promise<ExampleLink[]> => {
  const rows = await db
    .selectFrom('kf_links as l')
    .leftJoin('channels as c', 'c.key', 'l.scene')
    .select(['l.open_kfid', 'l.scene', 'l.url', 'c.name'])
    .execute()
  return rows.flatMap(({ open_kfid: openKfId, scene, url, name }) => {
    const encScene = url && new URL(url).searchParams.get('enc_scene')
    return encScene ? [{ openKfId, scene, url, encScene, name: name ?? scene }] : []
  })
}

const unknown = { tier: null, owner: null, branch: null, clientNo: null }
