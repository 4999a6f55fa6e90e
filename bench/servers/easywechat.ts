import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import type { ServerRequest as Request, Work as WorkApplication } from 'node-easywechat'
import { benchCorp } from '../signed.ts'
import { report } from './report.ts'

/**
 * (c) node-easywechat's own server, one application object as its documentation shows: the request is set on it each time.
 * Its front door (index.js) does not load with the node-socialite that npm gives it, so its parts are loaded by their files.
 */
const require = createRequire(import.meta.url)
const part = <Part>(file: string): Part => require(`node-easywechat/dist/${file}.js`) as Part
const Work = part<typeof WorkApplication>('Work/Application')
const ServerRequest = part<typeof Request>('Core/Http/ServerRequest')

const work = new Work({
  corp_id: benchCorp.corpId,
  secret: 'bench',
  token: benchCorp.token,
  aes_key: benchCorp.aesKey,
})
const server = createServer(async (incoming, outgoing) => {
  try {
    work.setRequest(await ServerRequest.createFromIncomingMessage(incoming))
    const reply = await work.getServer().serve()
    outgoing.statusCode = reply.getStatusCode()
    outgoing.end(reply.getBody().toString())
  } catch {
    outgoing.statusCode = 500
    outgoing.end()
  }
})
report(server.listen(0, '127.0.0.1'))
