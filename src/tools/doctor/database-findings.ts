import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Roster } from '../../routing/model.ts'
import { parseRulesetYaml } from '../../routing/ruleset/ruleset.ts'
import { readRoster } from '../../crm/roster.ts'
import type { Settings } from '../../settings.ts'
import { silent } from '../../store/log.ts'
import type { Store } from '../../store/open.ts'
import { redisShared } from '../../store/redis.ts'
import { NoDatabase, openDatabase } from '../open-database.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'

export type DatabaseReport = { findings: Finding[]; roster: Roster | null }

/** The database, and who is known in it. */
export const databaseReport = async (settings: Settings): Promise<DatabaseReport> => {
  const where = settings.DATABASE_URL ? 'DATABASE_URL' : `内置数据库 ${settings.DATA_DIR}`
  try {
    const store = await openDatabase(settings)
    try {
      const { rows } = await store.pool.query<{ version: string }>(
        "select current_setting('server_version') as version",
      )
      const roster = await readRoster(store.db, { now: new Date() })
      const database = good('数据库', `PostgreSQL ${rows[0]?.version}（${where}）`)
      return { findings: [database, rosterFinding(roster), await rulesFinding(store, settings.ROUTING_FILE)], roster }
    } finally {
      await store.stop()
    }
  } catch (error) {
    if (error instanceof NoDatabase)
      return { findings: [skipped('数据库', `${where} 还没有，首次 npm start 时建立`)], roster: null }
    return { findings: [bad('数据库', (error as Error).message, '见 docs/operations.md 的“Database”')], roster: null }
  }
}

const rosterFinding = ({ rms }: Roster): Finding => {
  const onDuty = [...rms.values()].filter((rm) => rm.onDuty).length
  if (rms.size === 0) return bad('客户经理', '一位也没有登记', '用 PUT /api/v1/rms/{userid} 登记，否则没有人会分到客户')
  if (onDuty === 0)
    return warning('客户经理', `${rms.size} 位，没有一位在班`, '把 onDuty 设为 true，否则客户只能留言或排队')
  return good('客户经理', `${rms.size} 位，${onDuty} 位在班`)
}

/** After the first start the file is only read to be published: whoever edits it and restarts wonders why nothing changes. */
const rulesFinding = async ({ pool }: Store, file: string): Promise<Finding> => {
  const { rows } = await pool.query<{ version: number; origin: string; ruleset: unknown }>(
    'select version, origin, ruleset from rulesets where active',
  )
  const [active] = rows
  if (!active) return skipped('路由规则', `数据库里还没有，下次启动时读入 ${file}`)
  const found = `生效的是第 ${active.version} 版（${active.origin}）`
  const written = existsSync(file) ? parseRulesetYaml(readFileSync(file, 'utf8'), file) : null
  if (!written || 'errors' in written || isDeepStrictEqual(written.ruleset, active.ruleset))
    return good('路由规则', found)
  return warning(
    '路由规则',
    `${found}，与 ${file} 不同`,
    `若以文件为准，先 npm run config diff 再 npm run config publish；仅改文件再重启不会生效`,
  )
}

export const redisFinding = async ({ REDIS_URL, ROLE }: Settings): Promise<Finding> => {
  if (!REDIS_URL) return ROLE === 'all' ? skipped('Redis', '未设置 REDIS_URL，单进程运行不需要') : noRedis
  const shared = await redisShared({ url: REDIS_URL, log: silent })
  try {
    return (await shared.healthy())
      ? good('Redis', '可用')
      : bad('Redis', '连不上', '检查 REDIS_URL、网络和密码；没有 Redis 也不丢消息，只是变慢')
  } finally {
    await shared.close()
  }
}

const noRedis = warning(
  'Redis',
  '未设置 REDIS_URL',
  '多进程（ROLE=web / worker）须共用一个 Redis，否则各进程互相叫不醒、接口额度各算各的',
)
