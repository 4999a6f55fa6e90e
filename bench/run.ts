import { benchBacktest } from './backtest.ts'
import { benchCallbacks, callbackTable } from './callbacks.ts'
import { benchDecide } from './decide.ts'
import { benchFigures } from './figures.ts'
import { benchMessages } from './messages.ts'

/** `npm run bench`: every table, one after the other, so that the ratios of one table are measured side by side. */
console.log('\n## Callbacks\n')
console.log(callbackTable(await benchCallbacks()))
console.log("\n## A message's way\n")
console.log(await benchMessages())
console.log('\n## Decisions\n')
await benchDecide()
console.log('\n## Back-test\n')
await benchBacktest()
console.log('\n## Figures\n')
await benchFigures()
