-- A writer begins: removes the entry and its lease, and keeps loaders from storing until the writer ends.
-- The fence is a sorted set of the writers by the time until which they count; '!' in it says that two overlapped.
-- KEYS: value, absence, lease, fence. ARGV: token, milliseconds that a writer counts.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now)
local others = redis.call('ZCARD', KEYS[4])
if others == 1 and redis.call('ZSCORE', KEYS[4], '!') then
  redis.call('DEL', KEYS[4])
  others = 0
end
redis.call('ZADD', KEYS[4], now + ARGV[2], ARGV[1])
if others > 0 then
  redis.call('ZADD', KEYS[4], '+inf', '!')
end
redis.call('PEXPIRE', KEYS[4], ARGV[2])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return 1
