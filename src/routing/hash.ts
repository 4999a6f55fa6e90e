/** FNV-1a with a final mix, 32 bits, always the same for the same text. For ties and shares, not for secrets. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  value ^= value >>> 16
  value = Math.imul(value, 0x85ebca6b)
  value ^= value >>> 13
  value = Math.imul(value, 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** The hash as a share: evenly spread in [0, 1). */
export function share(text: string): number {
  return hash(text) / 0x1_0000_0000
}
