import type { FailureRow } from './failures.ts'

/** The codes of 微信客服. */
export const kfFailures: readonly FailureRow[] = [
  ['unreachable', [95001], 'Five messages were sent since the customer last wrote: wait until they write again.'],
  ['unreachable', [95002, 95031], 'The customer has not written for 48 h: wait until they write again.'],
  ['state_changed', [95013], 'The session has ended: it begins anew when the customer writes.'],
  ['state_changed', [95016], 'The session cannot change in this way from its present state.'],
  [
    'state_changed',
    [95018],
    "In the session's present state WeCom takes no message (also when the corp is not verified).",
  ],
  [
    'person',
    [95014, 60253],
    'This member is no servicer of the account or has not activated WeCom: add them in the console.',
  ],
  ['person', [95019], 'This servicer has stopped receiving customers or is away for a while.'],
  ['expired', [95007], "The callback's token is older than 10 minutes: pull without it."],

  ['wrong_setup', [95000, 60251, 60252], 'The kf account id is not valid: read the list of accounts again.'],
  ['wrong_setup', [95004], 'The kf account was deleted or belongs to another corp.'],
  ['wrong_setup', [95003], 'The corp is not verified and has used up its consultations: verify it in the console.'],
  ['wrong_setup', [95005], 'The number of kf accounts is at its limit (at least 1, at most 5,000).'],
  ['wrong_setup', [95026, 95027], 'WeCom allows no further kf account now (10 for a corp that is not verified).'],
  ['wrong_setup', [95011, 95012], 'The secret is of the other edition of 微信客服: use that of a self-built app.'],
  ['wrong_setup', [95017], 'The API is switched off: turn it on under 微信客服 in the console.'],
  ['wrong_setup', [95023], 'Another app holds the API of 微信客服: change it under 微信客服 in the console.'],
  ['wrong_setup', [48007], 'The kf account is not given to this app: tick it under 通过API管理微信客服账号.'],
  ['wrong_setup', [95015, 95021], 'The member or group is not configured under 微信客服 → 升级服务.'],
  ['wrong_setup', [95032], "The kf component's permission for chat records has run out."],

  ['bad_request', [95006], "The account's name is not allowed (at most 16 characters)."],
  ['bad_request', [95008], 'A menu has at most 10 items that can be tapped.'],
  ['bad_request', [95009, 95022, 95030], 'This type is not allowed here.'],
  ['bad_request', [95024, 95025, 95028, 95029], 'This code belongs to the stand-alone edition of 微信客服.'],
  ['bad_request', [90207], "The mini program's appid is wrong."],
]
