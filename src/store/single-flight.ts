/** Callers with the same key share one running call; a failure is shared as well and forgotten. */
export const singleFlight = <T>() => {
  const running = new Map<string, Promise<T>>()
  return (key: string, call: () => Promise<T>): Promise<T> => {
    const there = running.get(key)
    if (there) return there
    const started = call().finally(() => running.delete(key))
    running.set(key, started)
    return started
  }
}
