import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type Router from 'koa-router'

/** swagger-ui's own files, served from here: the page works in a house without the internet. */
const files: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

/** swagger-ui sets styles through the style object, which this policy allows, and needs data: images for its icons. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"

const html = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>引桥 API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<div id="page"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</html>
`
const start =
  "SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null, docExpansion: 'list' })\n"

/** `/api/openapi.json` and `/api/docs`: public, since they say nothing about anybody. */
export const addDocs = (router: Router, openapi: object): void => {
  const document = JSON.stringify(openapi)
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const page = (path: string, type: string, body: () => string | Promise<Buffer>) =>
    router.get(path, async (ctx) => {
      ctx.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'public, max-age=300' })
      ctx.type = type
      ctx.body = await body()
    })
  page('/api/openapi.json', 'application/json', () => document)
  page('/api/docs', 'text/html; charset=utf-8', () => html)
  page('/api/docs/start.js', 'text/javascript; charset=utf-8', () => start)
  for (const [name, type] of Object.entries(files)) page(`/api/docs/${name}`, type, () => readFile(join(folder, name)))
}
