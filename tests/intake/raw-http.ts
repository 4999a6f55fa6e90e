import { connect } from 'node:net'

/** What came back over the wire, byte for byte; `status` is null when the socket was closed without an answer. */
export type RawAnswer = { status: number | null; head: string; body: string; closedAfterMs: number }

export type RawRequest = {
  method?: string
  /** Path and query exactly as they go over the wire. */
  target: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string | Buffer
  /** Exactly these bytes instead of everything above. */
  bytes?: Buffer
  /** Half-close after the last byte, as a client does that has no more to say. */
  end?: boolean
}

/** Bytes of a request with nothing added but what HTTP asks for. Own Host, Content-Length or Transfer-Encoding replace ours. */
export const requestBytes = ({ method = 'POST', target, headers = [], body = '' }: RawRequest): Buffer => {
  const own = new Set(headers.map(([name]) => name.toLowerCase()))
  const payload = Buffer.from(body)
  const framed = own.has('content-length') || own.has('transfer-encoding')
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(own.has('host') ? [] : ['Host: yinqiao.test']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(framed || payload.length === 0 ? [] : [`Content-Length: ${payload.length}`]),
    'Connection: close',
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), payload])
}

/** Sends the bytes and reads until the other side closes; cut off after `patienceMs`. */
export const ask = (port: number, request: RawRequest, patienceMs = 20_000): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const began = performance.now()
    const parts: Buffer[] = []
    // The server may close while we still write: the answer that it had sent by then is what counts.
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      const bytes = request.bytes ?? requestBytes(request)
      if (request.end) socket.end(bytes)
      else socket.write(bytes)
    })
    const finish = (): void => {
      socket.destroy()
      resolve(readAnswer(Buffer.concat(parts).toString('latin1'), performance.now() - began))
    }
    socket.on('data', (part) => parts.push(part))
    socket.on('end', finish)
    socket.on('error', finish)
    socket.setTimeout(patienceMs, finish)
  })

const readAnswer = (text: string, closedAfterMs: number): RawAnswer => {
  // An interim `100 Continue` is no answer yet.
  const final = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n(?:[^\r]+\r\n)*\r\n/, '')
  const split = final.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(final)?.[1]
  return {
    status: status ? Number(status) : null,
    head: split < 0 ? final : final.slice(0, split),
    body: split < 0 ? '' : final.slice(split + 4),
    closedAfterMs,
  }
}

/** The head without what must differ from one answer to the next. */
export const withoutDate = (head: string): string => head.replace(/^Date: .*\r\n/im, '')
