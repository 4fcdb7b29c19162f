-- Removes entries and the leases of whoever loads them, and spoils the fences of writers, which then store nothing.
-- KEYS: per entry its value, absence, lease and fence.
for i = 1, #KEYS, 4 do
  redis.call('DEL', KEYS[i], KEYS[i + 1], KEYS[i + 2])
  if redis.call('EXISTS', KEYS[i + 3]) == 1 then
    redis.call('ZADD', KEYS[i + 3], '+inf', '!')
  end
end
return 1
