import type Koa from 'koa'
import type { Control } from '../control/control.ts'
import { findMember } from '../model/find.ts'
import { loginCode } from '../model/members.ts'
import type { World } from '../model/world.ts'
import { policy } from './pages.ts'

/** Inside WeCom (OAuth2) and in a browser on the desk (login by scanning), with WeCom's own paths. */
const paths = ['/connect/oauth2/authorize', '/wwlogin/sso/login']

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/base.css"><link rel="stylesheet" href="/login.css"></head>
<body><main class="login"><h1>${title}</h1>${body}</main></body></html>`

/**
 * Where a page of the app learns who opened it: choose a member (or name him: `&userid=`), and the browser goes back to
 * `redirect_uri` with a code that works once, for five minutes. Only to the app's own address, as WeCom does (50001).
 */
export const login = (world: World, control: Control): Koa.Middleware => {
  return async (ctx, next) => {
    if (!paths.includes(ctx.path) || ctx.method !== 'GET') return next()
    ctx.set({
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
    ctx.type = 'html'
    const wrong = problem(ctx, world, control)
    if (wrong) {
      ctx.status = 400
      ctx.body = page('不能登录', `<p data-testid="login-problem">${escaped(wrong)}</p>`)
      return
    }
    const member = findMember(world, one(ctx, 'userid'))
    if (member) ctx.redirect(back(ctx, loginCode(world, member.userid)))
    else ctx.body = page('以谁的身份进入？', choices(ctx, world))
  }
}

const one = (ctx: Koa.Context, name: string): string => {
  const value = ctx.query[name]
  return typeof value === 'string' ? value : ''
}

const origins = (control: Control): string[] =>
  [control.live?.url, control.callbacks.url()].flatMap((url) => (url ? [new URL(url).origin] : []))

const problem = (ctx: Koa.Context, world: World, control: Control): string | null => {
  const target = one(ctx, 'redirect_uri')
  if (one(ctx, 'appid') !== world.corp.corpId) return 'appid 不是这家企业的 corpid（40013）'
  if (!URL.canParse(target) || !origins(control).includes(new URL(target).origin))
    return 'redirect_uri 与可信域名不一致（50001）'
  return /^[A-Za-z0-9]{0,128}$/.test(one(ctx, 'state')) ? null : 'state 只能是最多 128 位字母或数字（84025）'
}

const back = (ctx: Koa.Context, code: string): string => {
  const target = new URL(one(ctx, 'redirect_uri'))
  target.searchParams.set('code', code)
  target.searchParams.set('state', one(ctx, 'state'))
  return target.href
}

const choices = (ctx: Koa.Context, world: World): string => {
  const item = (userid: string, name: string, place: string): string => {
    const query = new URLSearchParams({ ...(ctx.query as Record<string, string>), userid }).toString()
    const href = escaped(`${ctx.path}?${query}`)
    return `<li><a data-testid="login-${escaped(userid)}" href="${href}"><strong>${escaped(name)}</strong><small>${escaped(place)}</small></a></li>`
  }
  const members = [...world.members.values()].map(({ userid, name, departments, position }) =>
    item(userid, name, `${world.departments.get(departments[0] ?? 1)?.name ?? ''} ${position}`),
  )
  return `<ul>${members.join('')}</ul>`
}
