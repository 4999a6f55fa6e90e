type Heard = (message: string) => void

/** Who listens to what in this process. A listener that throws does not disturb the others; its error goes to `failed`. */
export const channels = (failed: (error: unknown) => void) => {
  const listeners = new Map<string, Set<{ heard: Heard }>>()

  const deliver = (channel: string, message: string): void => {
    for (const { heard } of [...(listeners.get(channel) ?? [])]) {
      try {
        heard(message)
      } catch (error) {
        failed(error)
      }
    }
  }

  const listen = (channel: string, heard: Heard): (() => void) => {
    const one = { heard } // so that one function may listen twice
    const there = listeners.get(channel) ?? new Set()
    listeners.set(channel, there.add(one))
    return () => {
      there.delete(one)
      if (there.size === 0 && listeners.get(channel) === there) listeners.delete(channel)
    }
  }

  return { deliver, listen, has: (channel: string) => listeners.has(channel) }
}
