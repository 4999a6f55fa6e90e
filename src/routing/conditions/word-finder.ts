type Node<T> = { next: Map<number, Node<T>>; value: T | null }

/** Finds which of many words a text contains, reading the text once however many words there are. */
export type WordFinder<T> = {
  /** The value of a word; made on first use. */
  at(word: string, make: () => T): T
  /** Calls `found` for each occurrence of a word in the text. */
  find(text: string, found: (value: T) => void): void
}

/**
 * A trie of UTF-16 units. Words are at most 200 units long, so a text of n units costs at most 200 n steps, in practice
 * about n: few words share a long beginning.
 */
export function wordFinder<T>(): WordFinder<T> {
  const root = node<T>()
  return {
    at(word, make) {
      let here = root
      for (let at = 0; at < word.length; at += 1) here = step(here, word.charCodeAt(at))
      here.value ??= make()
      return here.value
    },
    find(text, found) {
      for (let start = 0; start < text.length; start += 1) {
        let here: Node<T> | undefined = root.next.get(text.charCodeAt(start))
        for (let at = start + 1; here; at += 1) {
          if (here.value !== null) found(here.value)
          here = at < text.length ? here.next.get(text.charCodeAt(at)) : undefined
        }
      }
    },
  }
}

function node<T>(): Node<T> {
  return { next: new Map(), value: null }
}

function step<T>(here: Node<T>, unit: number): Node<T> {
  const there = here.next.get(unit) ?? node<T>()
  here.next.set(unit, there)
  return there
}
