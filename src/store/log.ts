/** The part of a pino logger that the store needs. Messages never carry a row's content. */
export type Log = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} }
