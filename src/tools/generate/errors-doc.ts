import type { FailureClass } from '../../wecom/endpoint.ts'
import { failureRows } from '../../wecom/failures.ts'
import { generatedBy, page, table } from './markdown.ts'

const meanings: Record<FailureClass, string> = {
  retry: 'Passes by itself: tried again with growing pauses.',
  refresh_token: 'A new token is fetched and the call repeated once.',
  back_off: 'This API is over its limit: nobody calls it until WeCom counts anew.',
  already_done: 'The effect is there: counts as success.',
  state_changed: 'The session is not what we thought: its true state is read and the decision made again.',
  unreachable: 'This customer cannot be written to now: the errand ends, the ledger says so.',
  person: 'This member cannot be used: another one is chosen.',
  expired: "A code or window is gone: final, and nobody's mistake.",
  wrong_setup: 'An admin must act; the errand waits and is tried again each minute.',
  bad_request: 'Our request is wrong: the errand fails, `GET /integrity` names it.',
}

/** docs/errors.md: every errcode that the code knows, by what it makes us do. */
export const errorsDoc = (): string => {
  const sections = (Object.keys(meanings) as FailureClass[]).map((failure) => {
    const rows = failureRows
      .filter(([each]) => each === failure)
      .map(([, codes, advice]) => [codes.map(link).join(' '), advice])
    return [`## ${failure}`, meanings[failure], table(['errcode', 'what to do'], rows)].join('\n\n')
  })
  return page(
    '# Error codes of WeCom',
    generatedBy,
    'What each `errcode` makes Yinqiao do (src/wecom/failures.ts, failures-kf.ts) and what people should do about it. An endpoint may read a ' +
      'code in another way; [endpoints.md](endpoints.md) shows where. A code that is not listed counts as `bad_request`.',
    ...sections,
  )
}

const link = (errcode: number): string => `[${errcode}](https://open.work.weixin.qq.com/devtool/query?e=${errcode})`
