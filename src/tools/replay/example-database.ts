import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noteServicers } from '../../crm/presence.ts'
import { exampleCorp } from '../../simulator/example-corp.ts'
import { openStore, type Store } from '../../store/open.ts'
import type { OpenKfId, UserId } from '../../wecom/ids.ts'
import { seedExample } from '../seed.ts'

/** A database that lives as long as the tool, with the simulator's example bank: everybody on duty and receiving. */
export const exampleDatabase = async (): Promise<Store> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'yinqiao-replay-'))
  const store = await openStore({ dataDir })
  const people = exampleCorp()
  await seedExample(store.db, people)
  for (const { openKfId, servicers } of people.accounts) {
    const receiving = servicers.map((userid) => ({ userid: userid as UserId, status: 'receiving' as const }))
    await noteServicers(store.db, { openKfId: openKfId as OpenKfId, servicers: receiving, at: new Date() })
  }
  const stop = async (): Promise<void> => {
    await store.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...store, stop }
}
