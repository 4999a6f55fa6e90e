/** The year 2100: what is later is no time but a mistake (milliseconds, a counter), and no database could store all of it. */
const latest = 4_102_444_800

/** Unix seconds to a date; null for whatever is no number of seconds between 1970 and 2100. */
export const dateOfSeconds = (seconds: unknown): Date | null =>
  typeof seconds === 'number' && seconds >= 0 && seconds < latest ? new Date(seconds * 1000) : null
