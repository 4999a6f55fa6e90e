/** What one check found. `todo` is what to do about it, as a person in front of the admin console would be told. */
export type Finding = { mark: 'good' | 'warning' | 'bad' | 'skipped'; check: string; found: string; todo?: string }

export const good = (check: string, found: string): Finding => ({ mark: 'good', check, found })
export const skipped = (check: string, found: string): Finding => ({ mark: 'skipped', check, found })
export const warning = (check: string, found: string, todo: string): Finding => ({
  mark: 'warning',
  check,
  found,
  todo,
})
export const bad = (check: string, found: string, todo: string): Finding => ({ mark: 'bad', check, found, todo })

const signs: Record<Finding['mark'], string> = { good: '✔', warning: '!', bad: '✘', skipped: '–' }

/** One line: `✘ 企业可信IP  60020 … → 应用管理 → …`. */
export const findingText = ({ mark, check, found, todo }: Finding): string =>
  `${signs[mark]} ${check}：${found}${todo ? ` → ${todo}` : ''}`
