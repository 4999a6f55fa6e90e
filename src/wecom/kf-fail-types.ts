/** Why WeCom did not deliver a message that it had accepted (`fail_type` of msg_send_fail), in words for operators. */
const reasons: Readonly<Record<number, string>> = {
  0: 'unknown reason',
  1: 'the kf account was deleted',
  2: 'the app is closed',
  4: 'the session is older than 48 hours',
  5: 'the session is closed',
  6: 'more than 5 messages since the customer last wrote',
  7: 'no channels account is bound',
  8: 'the corp is not verified',
  9: 'the corp is neither verified nor bound to a channels account',
  10: 'the customer rejects messages',
  11: 'no member of the corp has logged in to WeCom',
  12: 'the kf component forbids this message type',
  13: 'security limit',
}

export const failReason = (failType: number): string => reasons[failType] ?? `reason ${failType}, not documented`
