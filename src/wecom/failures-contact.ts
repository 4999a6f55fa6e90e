import type { FailureRow } from './failures.ts'

/** The codes of 客户联系. */
export const contactFailures: readonly FailureRow[] = [
  [
    'unreachable',
    [40096, 84061, 84084, 84086],
    'This customer is unknown to the corp, has left or is no contact of this member.',
  ],
  ['unreachable', [41048], 'None of these customers can be written to.'],
  ['unreachable', [90501, 90509], 'The chat is no customer group of this corp.'],

  ['person', [40098, 41054], 'The member has not activated WeCom or not verified their name.'],
  ['person', [84074, 84083], 'The member has no 客户联系: add them under 客户联系 → 权限配置 → 使用范围.'],
  ['person', [40099, 40143], 'The member can take no further customers.'],
  [
    'person',
    [40097, 40100, 40128, 40129, 40130, 40131, 40132],
    'WeCom does not allow this transfer of a customer now.',
  ],

  ['already_done', [41051], 'The customer has been welcomed or chats already.'],
  ['retry', [41096], 'Another app is sending the welcome at this moment.'],
  ['expired', [41050], 'The welcome code is unknown, used or older than 20 s.'],
  ['expired', [41044], 'There is no such contact way: it was deleted, or its end has come.'],
  ['expired', [41053], 'The customer has not agreed to the archive.'],
  ['expired', [40068], 'There is no such tag: read the tag library again.'],
  ['expired', [41093], 'The mass message was cancelled.'],

  ['wrong_setup', [40126], "The corp's tag library is full: delete tags that nobody uses."],
  ['wrong_setup', [81011], 'The tag was made by another app or in the console, and can be changed only there.'],
  ['wrong_setup', [41045], 'The corp has as many contact ways as WeCom allows: delete those that nobody uses.'],
  ['wrong_setup', [41095], 'The app has as many acquisition links as WeCom allows: delete those that nobody uses.'],
  ['wrong_setup', [41057], 'The corp has bound no WeChat developer account: do so under 客户联系 in the console.'],
  ['wrong_setup', [41098, 41099], 'The acquisition link belongs to another app.'],
  ['wrong_setup', [701008], 'None of these members has a valid interconnection licence.'],

  ['back_off', [41094], 'The members were reminded three times today.'],

  ['bad_request', [40031], 'The list of members is empty, too long or has an unknown one.'],
  ['bad_request', [40071, 40072], "The tag's name is taken, empty or longer than 30 characters."],
  ['bad_request', [41035, 41056], 'The customer is missing or named by an id of another kind.'],
  ['bad_request', [41037, 41038, 41039, 41040, 41042, 41043], 'A field of the contact way is missing or wrong.'],
  ['bad_request', [41041], 'The contact way has too many members (100, departments counted by their people).'],
  ['bad_request', [41049], 'The welcome code is missing.'],
  ['bad_request', [41046, 41047], "The mass message's id is missing or wrong."],
  ['bad_request', [41064, 41065], 'There are too many attachments (9), or one is of a kind that does not go here.'],
  ['bad_request', [41091], 'A group code takes at most 5 groups.'],
  ['bad_request', [81017], 'Too many groups at once: name the owners in owner_filter.'],
]
