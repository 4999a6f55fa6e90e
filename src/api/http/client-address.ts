import { isIPv6 } from 'node:net'

/** What a limit counts by: an IPv4 address, or the /64 of an IPv6 one, which is what a single client is given. */
export const clientAddress = (ip: string): string => {
  const bare = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIPv6(bare) ? `${expand(bare).slice(0, 4).join(':')}::/64` : bare
}

const expand = (ip: string): string[] => {
  const [head = '', tail] = ip.replace(/%.*$/, '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right].map((part) =>
    part.toLowerCase().replace(/^0+(?=.)/, ''),
  )
}
