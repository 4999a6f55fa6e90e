/**
 * A command that cannot be done, said to the person who gave it. 404: there is no such thing. 409: not in the state
 * it is in. 422: not with this RM, or not for this reason. `detail` says in Chinese what is in the way and what to
 * do.
 */
export class Refused extends Error {
  override name = 'Refused'
  readonly status: 404 | 409 | 422
  readonly title: string
  readonly detail: string

  constructor({ status, title, detail }: { status: 404 | 409 | 422; title: string; detail: string }) {
    super(`${title}: ${detail}`)
    this.status = status
    this.title = title
    this.detail = detail
  }
}
