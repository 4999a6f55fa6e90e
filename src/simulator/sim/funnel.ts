import type { Live } from '../control/control.ts'

/** Yinqiao's funnel for the page beside the phones; null when Yinqiao does not give it. */
export const readFunnel = async (live: Live | null): Promise<unknown> => {
  if (!live) return null
  const headers = { Authorization: `Bearer ${live.key}` }
  const response = await fetch(`${live.url}/api/v1/figures/funnel?by=channel`, { headers }).catch(() => null)
  return response?.ok ? response.json() : null
}
