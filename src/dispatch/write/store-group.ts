import type { PoolClient } from 'pg'
import type { Changes } from '../changes.ts'

/** The group as it shall be, and whoever came or left. What reading it told of its name and owner is there already. */
export const storeGroup = async (tx: PoolClient, { group }: Changes): Promise<void> => {
  if (!group) return
  await tx.query({
    name: 'dispatch-group',
    text: `insert into customer_groups as g (chat_id, member_version, told_version, told_at, dismissed_at, created_at)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (chat_id) do update set member_version = coalesce(excluded.member_version, g.member_version),
             told_version = excluded.told_version, told_at = excluded.told_at, dismissed_at = excluded.dismissed_at,
             created_at = coalesce(g.created_at, excluded.created_at)`,
    values: [group.chatId, group.version, group.toldVersion, group.toldAt, group.dismissedAt, group.createdAt],
  })
  if (group.members.length === 0) return
  await tx.query({
    name: 'dispatch-group-members',
    text: `insert into group_members (chat_id, member_id, customer, present, joined_at, left_at, awaited, scene, invitor, state, unionid)
           select $1, m."memberId", m.customer, m.present, m."joinedAt", m."leftAt", m.awaited, m.scene, m.invitor, m.state, m.unionid
           from jsonb_to_recordset($2::jsonb) as m ("memberId" text, customer boolean, present boolean, "joinedAt" timestamptz,
             "leftAt" timestamptz, awaited jsonb, scene smallint, invitor text, state text, unionid text)
           order by 2
           on conflict (chat_id, member_id) do update set customer = excluded.customer, present = excluded.present,
             joined_at = excluded.joined_at, left_at = excluded.left_at, awaited = excluded.awaited,
             scene = excluded.scene, invitor = excluded.invitor, state = excluded.state, unionid = excluded.unionid`,
    values: [group.chatId, JSON.stringify(group.members)],
  })
}
