import Koa from 'koa'
import getRawBody from 'raw-body'
import { report } from './report.ts'

/** (a) Koa that reads the body and answers: what the framework alone can do. */
const app = new Koa()
app.use(async (ctx) => {
  await getRawBody(ctx.req, { limit: '256kb', encoding: 'utf-8' })
  ctx.body = 'success'
})
report(app.listen(0, '127.0.0.1'))
