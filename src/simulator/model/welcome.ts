import { hour } from './clock.ts'
import { issueCode } from './codes.ts'
import type { Chat, World } from './world.ts'

const quiet = 48 * hour

/** A code when, within 48 h, no welcome reached the customer and he wrote nothing. */
export const codeForWelcome = (world: World, chat: Chat): { welcome_code?: string } => {
  const recent = (at: number | null): boolean => at !== null && world.now() - at < quiet
  if (recent(chat.welcomedAt) || recent(chat.lastCustomerAt)) return {}
  return { welcome_code: issueCode(world, 'welcome', chat) }
}
