import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { welcomeWarnings } from '../../dispatch/welcome/welcome-facts.ts'
import { mediaOf, parseWelcomeYaml } from '../../dispatch/welcome/welcome-file.ts'
import { parseWordsYaml } from '../../dispatch/words/words-file.ts'
import { parseFiguresYaml } from '../../figures/definitions.ts'
import { parseCalendarYaml } from '../../routing/calendar/calendar-file.ts'
import { compile } from '../../routing/compile.ts'
import { lint } from '../../routing/lint/lint.ts'
import type { CalendarOverrides } from '../../routing/calendar/holidays.ts'
import type { Roster } from '../../routing/model.ts'
import { parseRulesetYaml } from '../../routing/ruleset/ruleset.ts'
import { calendarWarnings } from '../../routing/lint/warnings.ts'
import { fileProblemText } from '../../routing/reading/yaml-source.ts'

export type ConfigFiles = { routing: string; calendar: string; messages: string; welcome: string; figures: string }
/** Lines such as `config/routing.yaml:12:5 rules[0].to …`; errors would stop the start, warnings are probably not meant. */
export type ConfigReport = { errors: string[]; warnings: string[] }

/** Reads the files of config/ as the start does, and says more: what is valid but hardly meant. A roster shows empty pools, too. */
export const checkConfig = (files: ConfigFiles, { now, roster }: { now: Date; roster?: Roster }): ConfigReport => {
  const calendar = read(files.calendar, parseCalendarYaml)
  const messages = read(files.messages, parseWordsYaml)
  const figures = read(files.figures, parseFiguresYaml)
  const overrides = 'overrides' in calendar ? calendar.overrides : {}
  const routing = checkRouting(files.routing, { overrides, now, roster })
  const welcome = checkWelcome(files.welcome, routing.calendars)
  const errors = [calendar, messages, figures].flatMap((found) => ('errors' in found ? found.errors : []))
  return {
    errors: [...routing.errors, ...errors, ...welcome.errors],
    warnings: [...routing.warnings, ...welcome.warnings],
  }
}

type Around = { overrides: CalendarOverrides; now: Date; roster: Roster | undefined }

const checkRouting = (path: string, { overrides, now, roster }: Around): ConfigReport & { calendars?: string[] } => {
  const found = read(path, parseRulesetYaml)
  if ('errors' in found) return { errors: found.errors, warnings: [] }
  const odd = lint(found.ruleset, roster).map((problem) => fileProblemText(found.place(problem)))
  const years = calendarWarnings(compile(found.ruleset, overrides), now).map(
    (warning) => `${path} ${warning.path} ${warning.message}`,
  )
  return { errors: [], warnings: [...odd, ...years], calendars: Object.keys(found.ruleset.calendars ?? {}) }
}

/** Its conditions may name the rule set's calendars, its attachments the files beside it. */
const checkWelcome = (path: string, calendars: string[] | undefined): ConfigReport => {
  const found = read(path, (text, file) => parseWelcomeYaml(text, file, calendars))
  if ('errors' in found) return { errors: found.errors, warnings: [] }
  const media = join(dirname(path), 'media')
  const missing = mediaOf(found.welcome).filter(({ file }) => !existsSync(join(media, file)))
  return {
    errors: missing.map(({ file }) => `${path}:1:1 ${media} 里没有 ${file}`),
    warnings: welcomeWarnings(found.welcome).map((problem) => fileProblemText(found.place(problem))),
  }
}

type Failed = { errors: Parameters<typeof fileProblemText>[0][] }

const read = <Found extends object>(
  path: string,
  parse: (text: string, file: string) => Found | Failed,
): Found | { errors: string[] } => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { errors: [`${path}:1:1 读不到这个文件（${(error as NodeJS.ErrnoException).code}）`] }
  }
  const found = parse(text, path)
  return 'errors' in found ? { errors: found.errors.map(fileProblemText) } : found
}
