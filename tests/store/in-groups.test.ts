import { expect, test } from 'vitest'
import { inGroups } from '../../src/store/in-groups.ts'

/** Work that is under way until it is let go, group by group. */
const gated = <Out>(answer: (input: number) => Out) => {
  const groups: (readonly number[])[] = []
  const gates: (() => void)[] = []
  const work = async (inputs: readonly number[]): Promise<Out[]> => {
    groups.push(inputs)
    await new Promise<void>((resolve) => gates.push(resolve))
    return inputs.map(answer)
  }
  const begun = async (count: number) => {
    while (gates.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  return { work, groups, gates, begun }
}

test('what is asked in the same moment is one group, what is asked while it is under way the next', async () => {
  const { work, groups, gates, begun } = gated((n) => n * 10)
  const ask = inGroups(work, 10)
  const first = [ask(1), ask(2)]
  await begun(1)
  const second = [ask(3), ask(4), ask(5)]
  expect(groups).toEqual([[1, 2]])
  gates[0]?.()
  await begun(2)
  gates[1]?.()
  expect(await Promise.all([...first, ...second])).toEqual([10, 20, 30, 40, 50])
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

test('a group has its limit; the rest comes next, in order', async () => {
  const groups: number[][] = []
  const ask = inGroups(async (inputs: readonly number[]) => {
    groups.push([...inputs])
    return inputs
  }, 3)
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask))).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(groups).toEqual([[1, 2, 3], [4, 5, 6], [7]])
})

test('who would make a group fail is alone in failing, with his own error; the others are tried without him', async () => {
  const tried: number[][] = []
  const ask = inGroups(async (inputs: readonly number[]) => {
    tried.push([...inputs])
    if (inputs.includes(13)) throw new Error('13 cannot be')
    return inputs
  }, 10)
  const outcomes = await Promise.allSettled([1, 13, 3].map(ask))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((outcomes[1] as PromiseRejectedResult).reason).toEqual(new Error('13 cannot be'))
  expect(tried).toEqual([[1, 13, 3], [1], [13], [3]])
})

test('who has to be tried alone and takes his time does not hold up those who come later', async () => {
  let let13Go = (): void => {}
  const ask = inGroups(async (inputs: readonly number[]) => {
    if (inputs.length > 1 && inputs.includes(13)) throw new Error('somebody holds what 13 needs')
    if (inputs.includes(13)) await new Promise<void>((resolve) => (let13Go = resolve))
    return inputs
  }, 10)
  const slow = [ask(13), ask(1)]
  expect(await slow[1]).toBe(1)
  expect(await Promise.all([ask(4), ask(5)])).toEqual([4, 5])
  let13Go()
  expect(await slow[0]).toBe(13)
})
