/** What WeCom answers instead of doing it. Simulated apps must look at `errcode` only: the text carries noise. */
export class Refused extends Error {
  readonly errcode: number
  constructor(errcode: number, message: string) {
    super(message)
    this.name = 'Refused'
    this.errcode = errcode
  }
}

/** A control action that a person could not do in WeChat or WeCom either; the message says why. */
export class Impossible extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Impossible'
  }
}

export const refuseIf = (bad: boolean, errcode: number, message: string): void => {
  if (bad) throw new Refused(errcode, message)
}

export const impossibleIf = (bad: boolean, message: string): void => {
  if (bad) throw new Impossible(message)
}
