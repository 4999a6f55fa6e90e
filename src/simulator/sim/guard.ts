import type Koa from 'koa'

const local = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Keeps other web pages away from a simulator on this machine: a foreign Host (DNS rebinding) and a body that is not
 * declared JSON (a form of another site) are turned back.
 */
export const guard = (host: string): Koa.Middleware => {
  const everywhere = host === '0.0.0.0' || host === '::'
  return async (ctx, next) => {
    const name = ctx.host.replace(/:\d+$/, '')
    if (!everywhere && name !== host && !local.includes(name))
      ctx.throw(403, 'open this page by the address that was printed')
    if (ctx.method === 'POST' && !ctx.is('application/json')) ctx.throw(415, 'send application/json')
    await next()
  }
}
