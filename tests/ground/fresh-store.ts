import { openStore, type Store } from '../../src/store/open.ts'
import { freshDatabase } from './ground.ts'

/** A store on a migrated database of one's own; `stop` also drops it. */
export const freshStore = async (): Promise<Store> => {
  const { url, drop } = await freshDatabase()
  const store = await openStore({ databaseUrl: url, dataDir: '/nonexistent' })
  const stop = async () => {
    await store.stop()
    await drop()
  }
  return { ...store, stop }
}
