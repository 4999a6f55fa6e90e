import list from './vectors.json' with { type: 'json' }

/** One published sample; the fields depend on its kind. */
export type Vector = {
  id: string
  kind: string
  token: string
  encodingAESKey: string
  receiveId: string
  timestamp: string
  nonce: string
  encrypt: string
  msgSignature: string
  plaintext: string
  randomHex?: string
  randomAscii?: string
}

export const vectors = list as unknown as (Vector & Record<string, string>)[]

export const vector = (id: string) => {
  const found = vectors.find((one) => one.id === id)
  if (!found) throw new Error(`no vector ${id}`)
  return found
}

/** Those with a ciphertext and its key. */
export const sealed = vectors.filter((one) => one.encodingAESKey)
