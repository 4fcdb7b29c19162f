-- Stores what was loaded under a lease, if nobody has taken the lease away meanwhile.
-- KEYS: value, absence, lease. ARGV: token, '1' for a value and '0' for an absence, milliseconds it lives (0: of a
-- value for ever, of an absence not at all), milliseconds in which nobody else renews it (0: none), what is stored.
if redis.call('GET', KEYS[3]) ~= ARGV[1] then
  return 0
end
if ARGV[4] == '0' then
  redis.call('DEL', KEYS[3])
else
  redis.call('SET', KEYS[3], '', 'PX', ARGV[4])
end
if ARGV[2] == '1' then
  redis.call('DEL', KEYS[2])
  if ARGV[3] == '0' then
    redis.call('SET', KEYS[1], ARGV[5])
  else
    redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[3])
  end
else
  redis.call('DEL', KEYS[1], KEYS[2])
  if ARGV[3] ~= '0' then
    redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[3])
  end
end
return 1
