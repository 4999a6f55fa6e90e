import type { Roster } from '../../routing/model.ts'
import { BadSettings, corpOf, publicUrl, readSettings, type Settings } from '../../settings.ts'
import { memoryShared } from '../../store/memory.ts'
import { createWecom } from '../../wecom/client.ts'
import { checkConfig } from '../config/check-config.ts'
import { configFiles } from '../config/files.ts'
import { callbackFinding } from './callback-findings.ts'
import { databaseReport, redisFinding } from './database-findings.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'
import { wecomFindings } from './wecom-findings.ts'

/** Looks at a whole set-up from the environment inwards and out to WeCom, one finding after the other. Changes nothing. */
export async function* diagnose(environment: Record<string, string | undefined>): AsyncGenerator<Finding> {
  const settings = settingsOf(environment)
  if (Array.isArray(settings)) return yield* settings
  yield good(
    '环境变量',
    settings.WECOM_CORP_ID ? `企业 ${settings.WECOM_CORP_ID}，应用 ${settings.WECOM_AGENT_ID}` : '有效',
  )
  const { findings, roster } = await databaseReport(settings)
  yield* findings
  yield await redisFinding(settings)
  yield* configFindings(settings, roster)
  if (!settings.WECOM_CORP_ID)
    return yield skipped('企业微信', '未设置 WECOM_CORP_ID：npm start 使用内置模拟器，以下各项不检查')
  yield* outside(settings, roster)
}

const settingsOf = (environment: Record<string, string | undefined>): Settings | Finding[] => {
  try {
    return readSettings(environment)
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error
    const lines = error.message.split('\n').slice(1)
    return lines.map((line) => bad('环境变量', line.trim(), '见 docs/operations.md 的“Environment”'))
  }
}

const configFindings = ({ ROUTING_FILE }: Settings, roster: Roster | null): Finding[] => {
  const { errors, warnings } = checkConfig(configFiles(ROUTING_FILE), {
    now: new Date(),
    ...(roster && roster.rms.size > 0 && { roster }),
  })
  if (errors.length + warnings.length === 0) return [good('配置文件', '规则、日历、话术均有效')]
  return [
    ...errors.map((line) => bad('配置文件', line, '改好后再启动')),
    ...warnings.map((line) => warning('配置文件', line, '不影响启动，但多半不是本意')),
  ]
}

async function* outside(settings: Settings, roster: Roster | null): AsyncGenerator<Finding> {
  const corp = corpOf(settings)
  const wecom = createWecom({ ...corp, shared: memoryShared() })
  try {
    yield* wecomFindings(wecom, corp, roster && new Set(roster.rms.keys()))
  } finally {
    wecom.close()
  }
  if (!settings.PUBLIC_URL)
    yield warning(
      'PUBLIC_URL',
      '未设置',
      '设为企业微信从公网访问引桥的地址，例如 https://kf.bank.example，并在后台“接收消息”里填 …/wecom/callback',
    )
  yield await callbackFinding(corp, publicUrl(settings))
}
