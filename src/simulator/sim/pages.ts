import { readFileSync, readdirSync } from 'node:fs'
import type Koa from 'koa'

const folder = new URL('../pages/', import.meta.url)
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Nothing from elsewhere, no inline script or style. */
const policyWith = ({ scripts = '', frames = "'none'", framedBy = "'none'" }): string =>
  [
    "default-src 'none'",
    `script-src 'self' ${scripts}`.trim(),
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${scripts}`.trim(),
    `frame-src ${frames}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${framedBy}`,
  ].join('; ')

export const policy = policyWith({ frames: "'self'" })

/**
 * The phones page: a handful of files, read once, with a strict policy: nothing from elsewhere, no inline script. Only the bank's
 * app, which stands in a frame on the customer's phone, loads one script of Yinqiao's, as a bank's real page would.
 */
export const pages = (yinqiao: () => string | null): Koa.Middleware => {
  const policyOf = (name: string): string =>
    name === '/bank.html' ? policyWith({ scripts: yinqiao() ?? '', framedBy: "'self'" }) : policy
  const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(new URL(name, folder))]))
  return async (ctx, next) => {
    const name = ctx.path === '/' ? '/index.html' : ctx.path
    const file = ctx.method === 'GET' ? files.get(name) : undefined
    if (!file) return next()
    ctx.set({
      'Content-Security-Policy': policyOf(name),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    ctx.body = file
  }
}
