import { setTimeout as pause } from 'node:timers/promises'
import { createCounter } from '../figures/counter.ts'
import { readFreshness } from '../figures/freshness.ts'
import { figureGround } from '../parts.ts'
import { readSettings } from '../settings.ts'
import { inTransaction } from '../store/transaction.ts'
import { openDatabase } from './open-database.ts'

const usage = `用法：npm run figures status     数据算到哪里
      npm run figures catch-up   把台账里的新触点算进去
      npm run figures rebuild    全部清零，从台账第一行重新计算；运行中的引桥可以不停`

const commands = ['status', 'catch-up', 'rebuild']

/** Also beside a running Yinqiao: they take turns at counting. */
const main = async (command: string): Promise<void> => {
  const settings = readSettings(process.env)
  const store = await openDatabase(settings)
  try {
    const counter = createCounter({
      pool: store.pool,
      inTransaction,
      ...figureGround(settings),
      now: () => new Date(),
    })
    if (command === 'rebuild') await counter.startOver()
    if (command !== 'status') await finish(counter.catchUp)
    const { countedAt, waiting } = await readFreshness(store.pool)
    console.log(`算到 ${countedAt?.toISOString() ?? '（尚未计算）'}，还有 ${waiting} 位客户待计算`)
  } finally {
    await store.stop()
  }
}

const finish = async (catchUp: () => Promise<string>): Promise<void> => {
  for (let step = await catchUp(); step !== 'done'; step = await catchUp()) if (step === 'waiting') await pause(200)
}

const [command = ''] = process.argv.slice(2)
if (commands.includes(command)) {
  await main(command).catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
} else {
  console.error(usage)
  process.exitCode = 2
}
