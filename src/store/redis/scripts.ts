/** KEYS: bucket · ARGV: limit, window in ms → 0 (taken) or ms to wait. The same arithmetic as bucket.ts, by Redis's clock. */
export const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local limit = tonumber(ARGV[1])
local rate = limit / tonumber(ARGV[2])
local old = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(limit, (tonumber(old[1]) or limit) + math.max(0, now - (tonumber(old[2]) or now)) * rate)
if tokens < 1 then return math.ceil((1 - tokens) / rate) end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens - 1), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2])) + 1000)
return 0`

/** KEYS: key · ARGV: value. Deletes only that value. */
export const FORGET = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`

/** KEYS: lock · ARGV: token, ms. Only the holder prolongs it. */
export const PROLONG = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`

/**
 * KEYS: lock, key · ARGV: token, value, ms. Stores what was made and lets the waiters go. A maker who lost the lock (he was
 * frozen, Redis was flushed) does not overwrite what somebody made after him.
 */
export const KEEP = `
local mine = redis.call('GET', KEYS[1]) == ARGV[1]
if mine or redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
if mine then redis.call('DEL', KEYS[1]) end
return 1`
