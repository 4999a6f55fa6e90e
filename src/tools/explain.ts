import { readSettings } from '../settings.ts'
import { explain } from './explain/explain.ts'
import { openDatabase } from './open-database.ts'

/** `npm run explain <conversationId|msgid>`: 为什么是他. Also beside a running Yinqiao. */
const main = async (asked: string): Promise<void> => {
  const settings = readSettings(process.env)
  const store = await openDatabase(settings)
  try {
    const text = await explain(store, asked, settings.TZ_BUSINESS)
    console.log(text ?? `没有会话或消息 ${asked}：给出会话编号（GET /api/v1/conversations），或企业微信的 msgid`)
    if (text === null) process.exitCode = 1
  } finally {
    await store.stop()
  }
}

const [asked] = process.argv.slice(2)
if (asked) {
  await main(asked).catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
} else {
  console.error('用法：npm run explain <会话编号|msgid>')
  process.exitCode = 2
}
