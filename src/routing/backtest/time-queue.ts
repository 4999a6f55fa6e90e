/** Things to be done at their times, the earliest first; of equal times the one that was added first. */
export type TimeQueue<Item> = {
  add(at: Date, item: Item): void
  /** Takes the next one that is due by then; undefined when there is none. */
  next(until: Date): { at: Date; item: Item } | undefined
}

type Entry<Item> = { at: Date; order: number; item: Item }

export function timeQueue<Item>(): TimeQueue<Item> {
  const heap: Entry<Item>[] = []
  let order = 0
  return {
    add(at, item) {
      order += 1
      heap.push({ at, order, item })
      rise(heap)
    },
    next(until) {
      const [first] = heap
      if (!first || first.at > until) return undefined
      const last = heap.pop()
      if (last && heap.length > 0) {
        heap[0] = last
        sink(heap)
      }
      return first
    },
  }
}

function rise(heap: Entry<unknown>[]): void {
  for (let at = heap.length - 1; at > 0;) {
    const above = (at - 1) >> 1
    if (!swapped(heap, above, at)) return
    at = above
  }
}

function sink(heap: Entry<unknown>[]): void {
  for (let at = 0; ;) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    const below = right < heap.length && comesFirst(heap[right], heap[left]) ? right : left
    if (below >= heap.length || !swapped(heap, at, below)) return
    at = below
  }
}

/** Puts the two into their order; true when they were not. */
function swapped(heap: Entry<unknown>[], upper: number, lower: number): boolean {
  const [above, below] = [heap[upper], heap[lower]]
  if (!above || !below || !comesFirst(below, above)) return false
  heap[upper] = below
  heap[lower] = above
  return true
}

function comesFirst(a: Entry<unknown> | undefined, b: Entry<unknown> | undefined): boolean {
  if (!a || !b) return a !== undefined
  const byTime = a.at.getTime() - b.at.getTime()
  return byTime === 0 ? a.order < b.order : byTime < 0
}
