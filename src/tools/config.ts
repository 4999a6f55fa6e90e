import { checkConfig } from './config/check-config.ts'
import { configFiles } from './config/files.ts'

/** `npm run config check`: config/*.yaml as the start reads it, every mistake with file, line and column. Exits with 1 on mistakes. */
const check = (routing: string): void => {
  const { errors, warnings } = checkConfig(configFiles(routing), { now: new Date() })
  for (const line of errors) console.log(`✘ ${line}`)
  for (const line of warnings) console.log(`! ${line}`)
  console.log(
    errors.length > 0 ? `${errors.length} 处错误，${warnings.length} 处提示` : `没有错误，${warnings.length} 处提示`,
  )
  if (errors.length > 0) process.exitCode = 1
}

const [command, file = process.env['ROUTING_FILE'] || 'config/routing.yaml'] = process.argv.slice(2)
if (command === 'check') check(file)
else {
  console.error('用法：npm run config check [routing.yaml]')
  process.exitCode = 2
}
