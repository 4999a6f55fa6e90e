type Waiting<In, Out> = { input: In; done: (output: Out) => void; failed: (error: unknown) => void }

/**
 * Makes work on many out of calls for one: what is asked while a group is under way shares the next one, so that under load a
 * transaction serves many and an idle process waits for nobody. When a group fails, each of its inputs is tried alone, beside the
 * groups that follow: nobody fails or waits through another, and each learns its own error.
 */
export const inGroups = <In, Out>(
  work: (inputs: readonly In[]) => Promise<readonly Out[]>,
  most: number,
): ((input: In) => Promise<Out>) => {
  let waiting: Waiting<In, Out>[] = []
  let working = false

  const workAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, most)
      waiting = waiting.slice(most)
      await settle(work, group)
    }
    working = false
  }

  return (input) =>
    new Promise((done, failed) => {
      waiting.push({ input, done, failed })
      if (working) return
      working = true
      // What is asked in the same moment joins.
      setImmediate(() => void workAll())
    })
}

const settle = async <In, Out>(
  work: (inputs: readonly In[]) => Promise<readonly Out[]>,
  group: readonly Waiting<In, Out>[],
): Promise<void> => {
  try {
    const outputs = await work(group.map(({ input }) => input))
    group.forEach(({ done }, index) => done(outputs[index] as Out))
  } catch (error) {
    if (group.length > 1) for (const one of group) void settle(work, [one])
    else group[0]?.failed(error)
  }
}
