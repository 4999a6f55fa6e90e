import { diagnose } from './doctor/diagnose.ts'
import { findingText } from './doctor/finding.ts'

/** `npm run doctor`: one line per check, with what to do where something is wrong; exits with 1 then. */
let wrong = 0
for await (const finding of diagnose(process.env)) {
  if (finding.mark === 'bad') wrong += 1
  console.log(findingText(finding))
}
console.log(wrong > 0 ? `\n${wrong} 处需要处理` : '\n没有发现问题')
process.exitCode = wrong > 0 ? 1 : 0
