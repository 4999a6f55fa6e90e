/** WeCom lets the app send five messages after each one of the customer, for 48 hours. */
export const repliesPerWindow = 5
export const windowMs = 48 * 3_600_000
