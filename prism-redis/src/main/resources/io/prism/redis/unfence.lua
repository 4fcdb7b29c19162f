-- A writer ends. Its value is stored only if it was alone from its beginning to its end; else the entry stays
-- removed, since nobody knows whose write came last.
-- KEYS: value, absence, lease, fence. ARGV: token, '1' to store a value, milliseconds it lives (0: for ever), value.
local mine = redis.call('ZREM', KEYS[4], ARGV[1])
local spoiled = redis.call('ZSCORE', KEYS[4], '!')
local others = redis.call('ZCARD', KEYS[4])
if spoiled then
  others = others - 1
end
if others == 0 then
  redis.call('DEL', KEYS[4])
elseif mine == 0 then
  -- It took longer than it counts, so the others cannot know that they overlapped with it.
  redis.call('ZADD', KEYS[4], '+inf', '!')
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
if mine == 0 or spoiled or others > 0 or ARGV[2] == '0' then
  return 0
end
if ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[3])
end
return 1
