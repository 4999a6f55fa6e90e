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
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The phones page: a handful of files, read once, with a strict policy: nothing from elsewhere, no inline script. */
export const pages = (): Koa.Middleware => {
  const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(new URL(name, folder))]))
  return async (ctx, next) => {
    const name = ctx.path === '/' ? '/index.html' : ctx.path
    const file = ctx.method === 'GET' ? files.get(name) : undefined
    if (!file) return next()
    ctx.set({
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    ctx.body = file
  }
}
