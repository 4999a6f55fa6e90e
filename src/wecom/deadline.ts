/** How a limit in time is set: `over` is called after `ms`, unless the answer is called before. */
export type After = (ms: number, over: () => void) => () => void

const realAfter: After = (ms, over) => {
  const timer = setTimeout(over, ms)
  return () => clearTimeout(timer)
}

type Limits = { ms: number; signals: readonly AbortSignal[]; after?: After }

/**
 * Runs work that is to end after `ms`, or with the first of `signals`. Does what AbortSignal.any of these and a
 * AbortSignal.timeout would; those are kept by weak references, and cost a twelfth of a busy process.
 */
export const withDeadline = async <Result>(
  { ms, signals, after: start = realAfter }: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const total = new AbortController()
  const over = () => total.abort()
  if (signals.some(({ aborted }) => aborted)) over()
  const stop = start(ms, over)
  for (const signal of signals) signal.addEventListener('abort', over)
  try {
    return await work(total.signal)
  } finally {
    stop()
    for (const signal of signals) signal.removeEventListener('abort', over)
  }
}
