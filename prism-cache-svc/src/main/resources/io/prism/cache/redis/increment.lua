-- Adds to a counter. One that is there keeps its expiry, one that is made has it from the same step.
-- KEYS: the counter. ARGV: what to add, what a new counter has (empty: an overflow), milliseconds it lives (0: for ever).
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('INCRBY', KEYS[1], ARGV[1])
elseif ARGV[2] == '' then
  return redis.error_reply('ERR increment or decrement would overflow')
elseif ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
-- As text: a script's own numbers are doubles.
return redis.call('GET', KEYS[1])
