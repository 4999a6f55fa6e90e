/** The text's beginning that fits into `max` bytes of UTF-8, never half a character: how WeCom cuts. */
export const cutToBytes = (text: string, max: number): string => {
  const buffer = Buffer.from(text)
  if (buffer.length <= max) return text
  let end = max
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return buffer.subarray(0, end).toString()
}
