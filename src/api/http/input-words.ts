import type { z } from 'zod'
import { pathText, type Path } from '../../routing/reading/problems.ts'
import type { Mistake } from './problem.ts'

type RawIssue = z.core.$ZodRawIssue

const typeNames: Record<string, string> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
  array: '列表',
  object: '对象',
  record: '对象',
}

const missing = '必填'

const formats: Record<string, string> = {
  datetime: '应为带时区的时间，例如 2026-01-31T08:00:00Z',
  date: '应为日期，例如 2026-01-31',
}

const bound = (issue: Extract<RawIssue, { code: 'too_small' | 'too_big' }>): string => {
  const [least, limit] = issue.code === 'too_small' ? ['至少', issue.minimum] : ['最多', issue.maximum]
  if (issue.origin === 'string') return limit === 1 && least === '至少' ? '不能为空' : `${least} ${limit} 个字符`
  if (issue.origin === 'array') return `${least} ${limit} 项`
  return `${issue.code === 'too_small' ? '不能小于' : '不能大于'} ${limit}`
}

/** What is wrong with an input, in the words of the people who enter it. Schemas may still bring their own. */
export const inputWords = (issue: RawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? missing : `应为${typeNames[issue.expected] ?? issue.expected}`
    case 'too_small':
    case 'too_big':
      return bound(issue)
    case 'invalid_value':
      return issue.input === undefined ? missing : `只能是 ${issue.values.map(String).join('、')}`
    case 'invalid_format':
      return formats[issue.format] ?? '格式不对'
    default:
      return issue.input === undefined ? missing : '格式不对'
  }
}

/** One mistake per place, `rules[2].key`; an unknown field is named by its own path. */
export const mistakesOf = (error: z.ZodError): Mistake[] =>
  error.issues.flatMap((issue) => {
    const path = issue.path as Path
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: pathText([...path, key]), message: '没有这个字段' }))
    return [{ path: pathText(path), message: issue.message }]
  })
