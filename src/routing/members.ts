import type { MemberFilter, RosterRm } from './model.ts'
import type { Members } from './ruleset/schema.ts'

/** Who may be in a pool, compiled. Licences are kept apart: they expire, and "nobody is licensed" is worth telling people. */
export function memberFilter(members: Members): MemberFilter {
  const skills = Object.entries(members.skills ?? {})
  const { branch, lines = [], licences = [] } = members
  const rms = members.rms && new Set(members.rms.map((rm) => rm.toLowerCase()))
  return {
    key: JSON.stringify([
      skills.map(String).toSorted(),
      branch,
      lines.toSorted(),
      licences.toSorted(),
      rms && [...rms].toSorted(),
    ]),
    admits: (rm) =>
      (rms === undefined || rms.has(rm.userid)) &&
      (branch === undefined || inBranch(rm.branch, branch)) &&
      skills.every(([skill, level]) => levelOf(rm, skill) >= level) &&
      lines.every((line) => rm.lines.includes(line)),
    holdsLicences: (rm) => licences.every((code) => rm.licences.some((licence) => licence.code === code)),
  }
}

/** Why the filter does not admit this RM: `skill`, `branch`, `line` or `not-listed`; null when it does. */
export function missing(rm: RosterRm, members: Members): string | null {
  const { skills = {}, branch, lines = [], rms } = members
  if (rms && !rms.some((one) => one.toLowerCase() === rm.userid)) return 'not-listed'
  if (branch !== undefined && !inBranch(rm.branch, branch)) return 'branch'
  if (!Object.entries(skills).every(([skill, level]) => levelOf(rm, skill) >= level)) return 'skill'
  return lines.every((line) => rm.lines.includes(line)) ? null : 'line'
}

/** `shanghai/*` is shanghai and everything below it; without the star it is that one branch only. */
export function inBranch(branch: string, wanted: string): boolean {
  if (!wanted.endsWith('/*')) return branch === wanted
  const territory = wanted.slice(0, -2)
  return branch === territory || branch.startsWith(`${territory}/`)
}

/** An RM's level of a skill, 0 when he does not have it. */
export function levelOf(rm: RosterRm, skill: string): number {
  return Object.hasOwn(rm.skills, skill) ? (rm.skills[skill] ?? 0) : 0
}

/**
 * The membership that is left once the named requirements are dropped: `skills`, `skills.sme`, `branch`, `lines`,
 * `lines.loans`; `branch/*` widens a branch to its whole territory. Licences stay.
 */
export function relaxed(members: Members, drops: string[]): Members {
  return drops.reduce(relaxOne, members)
}

function relaxOne(members: Members, drop: string): Members {
  const { skills, branch, lines, ...rest } = members
  if (drop === 'skills') return { ...rest, branch, lines }
  if (drop === 'branch') return { ...rest, skills, lines }
  if (drop === 'lines') return { ...rest, skills, branch }
  if (drop === 'branch/*') return { ...members, branch: branch && territoryOf(branch) }
  const name = drop.slice(drop.indexOf('.') + 1)
  if (drop.startsWith('lines.')) return { ...members, lines: lines?.filter((line) => line !== name) }
  return { ...members, skills: Object.fromEntries(Object.entries(skills ?? {}).filter(([skill]) => skill !== name)) }
}

function territoryOf(branch: string): string {
  const parts = branch.replace(/\/\*$/u, '').split('/')
  return `${(parts.length > 1 ? parts.slice(0, -1) : parts).join('/')}/*`
}
