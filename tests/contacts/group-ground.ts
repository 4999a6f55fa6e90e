import { expect } from 'vitest'
import { until } from '../core/bank.ts'
import type { World } from '../world.ts'

type Line = { kind: string; who: string | null; rm: string | null; at: Date; data: Record<string, unknown> }

const walked = async (world: World): Promise<void> => {
  await until('the groups to be walked through', async () => {
    const { rows } = await world.pool.query(
      "select 1 from sync_jobs where name = 'groups' and due_at > now() and lease_until is null",
    )
    return rows.length === 1
  })
  await world.settle()
}

/** What tests of customers' groups look at. */
export const groupGround = (world: World) => ({
  /** What the ledger says of a group, in the order in which it was written. */
  lines: async (chatId: string): Promise<Line[]> =>
    (
      await world.pool.query<Line>(
        "select kind, external_userid as who, rm, at, data from touchpoints where data ->> 'chatId' = $1 order by id",
        [chatId],
      )
    ).rows,
  /** The same in short: `wm_a joined`, with a star for what was found by reading. */
  told: async (chatId: string): Promise<string[]> =>
    (
      await world.pool.query<{ line: string }>(
        `select concat_ws(' ', external_userid, substr(kind, 7) || case when data ? 'found' then '*' else '' end) as line
         from touchpoints where data ->> 'chatId' = $1 order by at, kind, id`,
        [chatId],
      )
    ).rows.map(({ line }) => line),
  /** Who is in, by our books. */
  members: async (chatId: string): Promise<string[]> =>
    (
      await world.pool.query<{ member_id: string }>(
        'select member_id from group_members where chat_id = $1 and present order by member_id',
        [chatId],
      )
    ).rows.map((row) => row.member_id),
  group: async (chatId: string): Promise<Record<string, unknown>> =>
    (await world.pool.query('select * from customer_groups where chat_id = $1', [chatId])).rows[0] as never,
  reads: (): number => world.wecom.calls('externalcontact/groupchat/get').length,
  /** The half minute in which changes of a group are gathered is over. */
  read: async (): Promise<void> => {
    await world.settle()
    await world.advance(31_000)
  },
  /** All groups are walked through now; ends when that is over, or was refused. */
  walk: async (): Promise<void> => {
    await world.pool.query("update sync_jobs set due_at = now() where name = 'groups'")
    await walked(world)
  },
  walked: () => walked(world),
  nothingFailed: async (): Promise<void> => {
    expect((await world.pool.query("select kind, error from inbox where state = 'dead'")).rows).toEqual([])
    expect((await world.pool.query("select kind, error from outbox where state = 'failed'")).rows).toEqual([])
  },
})
