import type { Context } from 'koa'

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a state-changing request was made by a page of somebody else's site (CSRF). Browsers say so in
 * Sec-Fetch-Site, older ones in Origin; neither can be set by a page. A request with a cookie and without either is
 * not from our pages.
 */
export const isFromElsewhere = (ctx: Context): boolean => {
  if (harmless.has(ctx.method)) return false
  const site = ctx.get('sec-fetch-site')
  if (site !== '') return site !== 'same-origin'
  return hostOf(ctx.get('origin')) !== ctx.host
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)
