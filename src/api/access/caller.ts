import { everything, type Scope } from '../../crm/scope.ts'

/**
 * - **admin** runs the system: everything.
 * - **security** (安全管理员) issues and withdraws keys and reads the audit trail; never a message's text.
 * - **supervisor** (主管) runs his branch and those below it; without a branch, the whole house.
 * - **rm** (客户经理) works with his own customers and conversations.
 * - **auditor** (审计员) reads, and changes nothing.
 * - **app** is a program of the bank: it posts touchpoints and makes links.
 */
export const roles = ['admin', 'security', 'supervisor', 'rm', 'auditor', 'app'] as const
export type Role = (typeof roles)[number]

/** Who asks, as the key or the session proves. `name` is what decisions and logs call him. */
export type Caller = { name: string; role: Role; branch: string | null; rm: string | null }

/** What part of the bank the caller may see. */
export const scopeOf = ({ role, branch, rm }: Caller): Scope =>
  // An rm key without its RM must see nothing rather than everything.
  role === 'rm' ? { branch: null, rm: rm ?? '' } : branch === null ? everything : { branch, rm: null }

/** Message texts are between the customer and those who serve him: a security admin keeps keys and reads no letters. */
export const readsTexts = ({ role }: Caller): boolean => role !== 'security'
