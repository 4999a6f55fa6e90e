import { createHash, createCipheriv, randomBytes } from 'node:crypto'

export type Corp = { corpId: string; token: string; aesKey: string }
export const benchCorp: Corp = {
  corpId: 'ww1234567890abcdef',
  token: 'benchToken123',
  aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
}

export type Signed = { path: string; body: string }

/** Callbacks as WeCom would send them, each another one: sealed and signed with the public recipe, not with our own code. */
export const signedCallbacks = (count: number, { corpId, token, aesKey }: Corp): Signed[] => {
  const key = Buffer.from(`${aesKey}=`, 'base64')
  const now = Math.floor(Date.now() / 1000)
  return Array.from({ length: count }, (_, index) => {
    const xml = `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><CreateTime>${now}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENC${index}x${randomBytes(12).toString('hex')}]]></Token><OpenKfId><![CDATA[wkBench${String(index % 50).padStart(25, '0')}]]></OpenKfId></xml>`
    const encrypt = seal(key, xml, corpId)
    const nonce = String(1_000_000 + index)
    const signature = createHash('sha1')
      .update([token, String(now), nonce, encrypt].sort().join(''))
      .digest('hex')
    return {
      path: `/wecom/callback?msg_signature=${signature}&timestamp=${now}&nonce=${nonce}`,
      body: `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><AgentID><![CDATA[]]></AgentID><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
    }
  })
}

const seal = (key: Buffer, xml: string, receiveId: string): string => {
  const message = Buffer.from(xml)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const plain = Buffer.concat([randomBytes(16), length, message, Buffer.from(receiveId)])
  const pad = 32 - (plain.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]).toString(
    'base64',
  )
}
