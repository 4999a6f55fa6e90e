import { readFile } from 'node:fs/promises'
import { readSettings, type Settings } from '../settings.ts'
import type { Store } from '../store/open.ts'
import { NoDatabase, openDatabase } from './open-database.ts'
import { exampleDatabase } from './replay/example-database.ts'
import { readSaved } from './replay/read-saved.ts'
import { replay } from './replay/replay.ts'
import { replayedText } from './replay/replayed-text.ts'

/** `npm run replay FILE`: a saved sync_msg item or callback through the real handler; prints its effects, stores and sends nothing. */
const main = async (file: string): Promise<void> => {
  const settings = readSettings(process.env)
  const events = readSaved(await readFile(file, 'utf8'))
  const store = await databaseOr(settings)
  try {
    for (const replayed of await replay(events, { store, settings })) console.log(`${replayedText(replayed)}\n`)
  } finally {
    await store.stop()
  }
}

const databaseOr = async (settings: Settings): Promise<Store> => {
  try {
    return await openDatabase(settings)
  } catch (error) {
    if (!(error instanceof NoDatabase)) throw error
    console.error('还没有数据库：用模拟器的示例银行代替（临时的）\n')
    return exampleDatabase()
  }
}

const [file] = process.argv.slice(2)
if (file) {
  await main(file).catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
} else {
  console.error(
    '用法：npm run replay FILE（kf/sync_msg 的一条消息，或回调解密后的 XML；例如 docs/examples/kf-text.json）',
  )
  process.exitCode = 2
}
