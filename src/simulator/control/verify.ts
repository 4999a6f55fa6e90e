import { sealEcho } from '../callbacks/seal.ts'
import type { World } from '../model/world.ts'

const deadline = 1000

/** What the console does when the admin saves the callback URL: within a second, the exact bytes. */
export const verifyCallback = async (world: World, url: string): Promise<{ ok: boolean; reason: string }> => {
  const { query, expected } = sealEcho(world)
  try {
    const response = await fetch(`${url}?${query}`, { signal: AbortSignal.timeout(deadline), redirect: 'manual' })
    const body = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200) return { ok: false, reason: `HTTP ${response.status}` }
    return body.equals(Buffer.from(expected))
      ? { ok: true, reason: '' }
      : { ok: false, reason: 'other bytes came back' }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'no answer' }
  }
}
