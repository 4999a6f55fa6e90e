/** Something a turn relied on has changed since it was gathered: prepare it again. */
export class Conflict extends Error {
  override name = 'Conflict'
}

/** The lease on the event ran out and another process has it: nothing was written, nothing is to be done. */
export class LostLease extends Error {
  override name = 'LostLease'
  constructor() {
    super('another process handles this event by now')
  }
}
