import type { FailureClass } from './endpoint.ts'
import { contactFailures } from './failures-contact.ts'
import { kfFailures } from './failures-kf.ts'

/** What a code means for us and what an operator should do about it. */
export type Failure = { failure: FailureClass; advice: string }
export type FailureRow = readonly [failure: FailureClass, codes: readonly number[], advice: string]

/** The common table: official codes with our reaction. An endpoint's own `fails` goes before it. */
const platform: readonly FailureRow[] = [
  ['retry', [-1], 'WeCom is busy; it is tried again by itself.'],
  ['retry', [6000], 'Somebody changed the same data at the same time; it is tried again by itself.'],
  ['retry', [41063, 41079, 701022, 302008], 'An earlier job of this kind still runs; try again later.'],
  ['retry', [81026], 'WeCom maintains this function; try again later.'],
  ['back_off', [45009, 2400007], 'Too many calls of this API; it is paused until WeCom counts anew.'],
  ['back_off', [45033], 'Too many calls of this API at the same time; it is paused for a minute.'],
  ['refresh_token', [40001, 40014, 42001], 'The access token is no longer valid; a new one is fetched by itself.'],

  ['wrong_setup', [40013], 'The corp id is wrong: compare WECOM_CORP_ID with 我的企业 in the WeCom console.'],
  [
    'wrong_setup',
    [40091, 45031],
    "The secret is not this corp's or too weak: copy WECOM_APP_SECRET again from the app's page.",
  ],
  ['wrong_setup', [41002, 41004], 'Corp id or secret is empty: set WECOM_CORP_ID and WECOM_APP_SECRET.'],
  [
    'wrong_setup',
    [60020, 301042],
    "This server's address is not trusted: add the address shown here to 企业可信IP of the app.",
  ],
  [
    'wrong_setup',
    [48001, 48002, 48003],
    'The app may not use this API: grant it in the console (for 微信客服: 可调用接口的应用).',
  ],
  ['wrong_setup', [48004, 48005], 'WeCom has withdrawn this API: upgrade Yinqiao.'],
  [
    'wrong_setup',
    [48006],
    'The permission lapsed because the app was not used: an admin must enable it again in the console.',
  ],
  [
    'wrong_setup',
    [48008, 48009],
    "The directory may not be read with this secret or address: use the app's own secret.",
  ],
  ['wrong_setup', [50002, 50003, 60031, 301007], 'The app is closed or the API barred: enable the app in the console.'],
  [
    'wrong_setup',
    [40056, 301002],
    "WECOM_AGENT_ID does not belong to this secret: copy both from the same app's page.",
  ],
  ['wrong_setup', [43012], 'Cards with buttons need a callback URL: set 接收消息 of the app in the console.'],
  [
    'wrong_setup',
    [50001, 80001, 85004, 85005],
    "The page's domain is not a trusted one: set it under 可信域名 of the app, with its port.",
  ],
  ['wrong_setup', [40207, 40208, 40209, 40210], 'Two-factor login is not set up completely in the WeCom console.'],
  ['wrong_setup', [301048, 301052, 301053], 'The message archive is not open or has run out for this corp.'],

  ['person', [40003, 60111, 46004, 301021], 'This member is not in the directory any more: take them off the list.'],
  [
    'person',
    [60011, 60021, 60030, 92000],
    "This member or department is outside the app's visible range: widen 可见范围 of the app.",
  ],
  ['person', [81013], "None of the recipients can be reached: check their userids and the app's visible range."],

  ['expired', [60140], 'The card was answered already or is older than 72 h.'],
  ['expired', [42052], 'A message can be recalled only within 24 h.'],
  ['expired', [40029, 42003, 42022], 'The login code was used or is older than 5 minutes: open the page again.'],
  ['expired', [84014, 84015], 'The login ticket has run out: open the page again.'],
  ['expired', [40007, 41006], 'The media_id is unknown or older than 3 days: upload the file again.'],
  ['expired', [50100, 701105], 'The cursor is not valid any more: start from the first page.'],
  ['expired', [42012, 91040], 'The ticket is not valid or of the other kind: fetch a new one.'],

  ['bad_request', [41001], 'The call carried no access token.'],
  ['bad_request', [40008], 'The message type is not allowed here.'],
  ['bad_request', [40033, 40035, 40058, 40063], 'A parameter is missing or wrong.'],
  [
    'bad_request',
    [40032, 82001, 82002, 82003],
    'No recipients, or too many (1,000 members, 100 departments, 100 tags).',
  ],
  ['bad_request', [44004, 45001, 45002, 45007, 45008, 40206, 45029], 'The content is empty or too big.'],
  ['bad_request', [82004, 40201, 40204, 85002], 'WeCom rejected the words; have compliance look at the text.'],
  [
    'bad_request',
    [40004, 40005, 40006, 40009, 40010, 40011, 40123],
    'WeCom does not take this file: check its type and size.',
  ],
  ['bad_request', [830001, 830002, 830003], "The file's source cannot be reached, is too big or does not know Range."],
  ['bad_request', [42014, 42015, 42016, 42017, 42018, 42019, 42020], "The task card's id or key is wrong."],
  ['bad_request', [42028, 42031, 42035, 42036, 42037, 42038, 42039, 42042], 'A field of the template card is wrong.'],
  ['bad_request', [42043, 42044, 42045, 42046, 42047, 42049, 42051], 'A field of the template card is wrong.'],
  ['bad_request', [82101, 82102], 'The card was not sent to these members.'],
  [
    'bad_request',
    [40093],
    "The page's signature is wrong: it must be made for the address that is shown, without what follows #.",
  ],
  ['bad_request', [60003, 60004, 60123], 'The department does not exist: read the directory again.'],
]

/** Every listed code, for docs and tests. */
export const failureRows: readonly FailureRow[] = [...platform, ...kfFailures, ...contactFailures]

const table: ReadonlyMap<number, Failure> = new Map(
  failureRows.flatMap(([failure, codes, advice]) => codes.map((code) => [code, { failure, advice }])),
)

const unlisted: Failure = {
  failure: 'bad_request',
  advice: 'This code is not in our list: look it up at the address given.',
}

/** What `errcode` means; a code that nobody listed is taken for a mistake of ours. */
export const failureOf = (errcode: number, fails: Readonly<Record<number, FailureClass>> = {}): Failure => {
  const common = table.get(errcode) ?? unlisted
  const own = fails[errcode]
  return own && own !== common.failure ? { failure: own, advice: ownAdvice[own] ?? common.advice } : common
}

/** Where an endpoint reads a code in another way, the common advice would mislead. */
const ownAdvice: Partial<Record<FailureClass, string>> = {
  wrong_setup: "WeCom does not accept the secret: copy WECOM_APP_SECRET again from the app's page in the console.",
}
