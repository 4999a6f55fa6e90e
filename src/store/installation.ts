import type { Pool } from 'pg'

/** A database belongs to one corp for ever: another corp's ids and cursors would be read as this one's. */
export class ForeignDatabase extends Error {
  override name = 'ForeignDatabase'
}

/** Marks a new database as this corp's (or the simulator's); rejects with `ForeignDatabase` when it is somebody else's. */
export const claimInstallation = async (pool: Pool, corpId: string): Promise<void> => {
  await pool.query('update installation set corp_id = $1 where corp_id is null', [corpId])
  const { rows } = await pool.query<{ corp_id: string }>('select corp_id from installation')
  const owner = rows[0]?.corp_id
  if (owner === corpId) return
  throw new ForeignDatabase(
    `This database belongs to ${owner === 'simulator' ? 'the simulator' : `corp ${owner}`}, not to ${corpId === 'simulator' ? 'the simulator' : `corp ${corpId}`}: ` +
      'set WECOM_CORP_ID accordingly, or use another DATA_DIR or DATABASE_URL.',
  )
}

/**
 * The bundled WeCom remembers nothing: after a restart its sessions, messages and cursors are new. What was open in our books
 * ends; the ledger, customers, RMs and rules stay.
 */
export const forgetSimulatedSessions = async (pool: Pool): Promise<void> => {
  await pool.query(`
    update conversations set status = 'closed', closed_at = now(), waiting_reason = null, version = version + 1 where status <> 'closed';
    update rms set load = 0, missed = 0, paused_at = null;
    update inbox set state = 'ignored', done_at = now(), error = 'the simulator was restarted' where state in ('new', 'rung');
    update outbox set state = 'expired', done_at = now(), error = 'the simulator was restarted' where state = 'new';
    update kf_accounts set cursor = '', cursor_at = null, lease_until = null;
    delete from timers;
    -- Its files are gone with it.
    delete from media_uploads`)
}
