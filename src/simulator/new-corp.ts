import { randomBytes, randomInt } from 'node:crypto'
import type { Corp } from './model/world.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const secret = (length: number): string => Array.from({ length }, () => letters[randomInt(letters.length)]).join('')

/** A verified corp whose secrets are new at each start: none has a default. */
export const newCorp = (given: Partial<Corp> = {}): Corp => ({
  corpId: `ww${randomBytes(8).toString('hex')}`,
  name: '示例企业',
  agentId: 1_000_002,
  secret: secret(43),
  token: secret(24),
  aesKey: secret(43),
  verified: true,
  anyMemberLoggedIn: true,
  kfApi: true,
  kfCallbacks: true,
  contactApi: true,
  contactCallbacks: true,
  openProfile: true,
  trustedIps: [],
  upgrade: { userids: [], departments: [], chats: [] },
  ...given,
})
