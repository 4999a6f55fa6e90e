type Node = { next: Map<number, Node>; found: number[] | null }

/** Finds which of many words a text contains, reading the text once however many words there are. */
export type WordFinder = { add(word: string, value: number): void; find(text: string, found: (values: number[]) => void): void }

/**
 * A trie of UTF-16 units. Words are at most 200 units long, so a text of n units costs at most 200 n steps, in practice
 * about n: few words share a long beginning. A word is reported once per occurrence.
 */
export function wordFinder(): WordFinder {
  const root = node()
  return {
    add(word, value) {
      let here = root
      for (let at = 0; at < word.length; at += 1) here = step(here, word.charCodeAt(at))
      if (here.found) here.found.push(value)
      else here.found = [value]
    },
    find(text, found) {
      for (let start = 0; start < text.length; start += 1) {
        let here: Node | undefined = root.next.get(text.charCodeAt(start))
        for (let at = start + 1; here; at += 1) {
          if (here.found) found(here.found)
          here = at < text.length ? here.next.get(text.charCodeAt(at)) : undefined
        }
      }
    },
  }
}

function node(): Node {
  return { next: new Map(), found: null }
}

function step(here: Node, unit: number): Node {
  const there = here.next.get(unit) ?? node()
  here.next.set(unit, there)
  return there
}
