/** A text in pieces of at most `most` bytes of UTF-8, cut between characters; nothing is lost. */
export const pieces = (text: string, most: number): string[] => {
  const found: string[] = []
  let piece = ''
  let size = 0
  for (const letter of text) {
    const more = Buffer.byteLength(letter)
    if (size + more > most) {
      found.push(piece)
      piece = ''
      size = 0
    }
    piece += letter
    size += more
  }
  return [...found, piece]
}
