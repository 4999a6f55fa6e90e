import { decrypt, getSignature } from '@wecom/crypto'
import { XMLParser } from 'fast-xml-parser'
import Koa from 'koa'
import getRawBody from 'raw-body'
import { benchCorp } from '../signed.ts'
import { report } from './report.ts'

/** (b) Koa with the official crypto package and a common XML parser: checks, decrypts, parses, stores nothing. */
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false })
const app = new Koa()
app.use(async (ctx) => {
  const body = await getRawBody(ctx.req, { limit: '256kb', encoding: 'utf-8' })
  const { Encrypt } = (parser.parse(body) as { xml: { Encrypt: string } }).xml
  const { msg_signature, timestamp, nonce } = ctx.query as Record<string, string>
  if (getSignature(benchCorp.token, timestamp as string, nonce as string, Encrypt) !== msg_signature) ctx.throw(403)
  const { message, id } = decrypt(benchCorp.aesKey, Encrypt)
  if (id !== benchCorp.corpId || !(parser.parse(message) as { xml?: object }).xml) ctx.throw(403)
  ctx.body = 'success'
})
report(app.listen(0, '127.0.0.1'))
