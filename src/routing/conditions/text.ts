// Blanks of every script, zero-width characters, soft hyphens and direction marks: what people slip between two characters of a word.
const INVISIBLE =
  /[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+/gu

/**
 * The form in which words are compared: NFKC (full-width to half-width), lower case, without blanks or invisible characters.
 * `ＶＩＰ 贷​款` and `vip贷款` are the same. Applied to both sides of `contains`; doing it twice changes nothing.
 */
export function normalise(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().replace(INVISIBLE, '')
  return folded === text ? text : normalise(folded)
}
